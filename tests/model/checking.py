"""What must hold when everything is delivered and nothing runs any more."""

import json

from tests.model.specs import CODES, KEYS, SETTING_NAMES, SOLVED, THEIR_LABEL, prints_of
from tests.samples import NWK_KEY, STACK
from workflows.domain import labels
from workflows.domain.attributes import VALUES, DeviceKeys, DeviceValues
from workflows.domain.facts import DeviceReleased, DeviceRemoved, EventRejected
from workflows.domain.fold import ThingState, fold, owned
from workflows.domain.mark import mark_in
from workflows.schemas.journal import dump_fact

APPLICATION = "demo-app"


class Checks:
    """``world`` at rest. ``strict``: users have corrected what was rejected, and touched what was lost."""

    def __init__(self, world, *, strict):
        self.world, self.strict = world, strict
        self.tts, self.journal = world.tts, world.journal
        self.ours = {
            thing.thing_id: thing for thing in world.things.living() if thing.attributes.get("stackName") == STACK
        }

    def run(self):
        self.the_journal_is_whole()
        for thing in self.ours.values():
            self.a_living_thing_has_its_device(thing)
        self.every_marked_device_has_a_thing()
        self.no_server_has_an_orphan()
        self.every_owner_is_there()
        self.every_claim_has_a_device()
        self.every_session_of_others_is_there()
        self.every_label_and_solved_place_of_others_is_there()

    def state(self, thing_id):
        return self.journal.read(thing_id)

    def the_journal_is_whole(self):
        for thing_id in self.journal.streams:
            facts = [recorded.fact for recorded in self.journal.facts(thing_id)]
            assert fold(facts) == self.state(thing_id), f"the snapshot of {thing_id} is not the fold of its facts"
            assert self.state(thing_id).busy is None, f"{thing_id} is busy with nothing"
            text = json.dumps([dump_fact(fact) for fact in facts])
            assert not [key for key in (*KEYS, NWK_KEY, *CODES.values()) if key in text], "a fact holds a key"

    def a_living_thing_has_its_device(self, thing):
        state = self.state(thing.thing_id)
        verdict = state.settled and state.settled.verdict
        assert state.settled is not None, f"{thing.thing_id} was never settled"
        if thing.thing_id not in self.world.repaired:
            assert (state.settled.operation == "CREATED") == (thing.version == 1)
        assert state.settled.version_number == thing.version
        assert verdict != "failed", f"{thing.thing_id} failed and nothing waits to be redriven"
        if verdict == "rejected":
            self.a_rejection_is_just(thing, state)
        else:
            assert state.device is not None, f"{thing.thing_id} is {verdict} without a device"
        if state.device is not None and not self.is_lost(state):
            self.the_device_is_as_registered(thing, state)
            if verdict != "rejected" and state.device.method != "adopted":
                self.the_device_is_as_the_thing_says(thing, state)
        if state.device is None and verdict != "rejected":  # what is half-made waits for its user, too
            left = [each for each in owned(state) if not self.is_another_living_things(each, thing)]
            assert left == [], f"{thing.thing_id} has left something behind: {left}"

    def is_lost(self, state):
        """Somebody removed it in The Things Stack, and its thing has not changed since, or had lost its identity."""
        touched = self.strict and state.settled.verdict != "rejected"
        return state.device.device_id in self.world.lost and not touched

    def a_rejection_is_just(self, thing, state):
        name = self.latest_rejection(thing.thing_id).error_name
        spec = self.world.specs[thing.thing_id]
        if not self.strict:
            return
        assert name == "DeviceConflictError", f"{thing.thing_id} is rejected by {name} though it was corrected"
        assert self.stands_in_the_way_of(thing, spec), f"{thing.thing_id} is rejected though nothing stands in its way"

    def latest_rejection(self, thing_id):
        return [each.fact for each in self.journal.facts(thing_id) if isinstance(each.fact, EventRejected)][-1]

    def stands_in_the_way_of(self, thing, spec):
        """Another living thing's device, what one may have half-made and not released, or somebody else's device."""
        wanted, device = spec.ids, self.state(thing.thing_id).device
        device_ids = {wanted.device_id} | ({device.device_id} if device else set())
        others = [self.state(each).device for each in self.ours if each != thing.thing_id]
        if any(other.device_id in device_ids or wanted.dev_eui == other.dev_eui for other in others if other):
            return True
        if self.is_another_living_things(wanted.device_id, thing):
            return True
        if any(wanted.dev_eui in self.dev_euis_of_others(records) for records in self.tts.records.values()):
            return True
        if self.is_beside_an_orphan(wanted, device):
            return True
        return any(
            self.blocks(thing, spec, record) if application == APPLICATION else record.ids.dev_eui == wanted.dev_eui
            for (application, _), record in self.tts.identities.items()
        )

    def is_beside_an_orphan(self, wanted, device):
        """Somebody's device of these EUIs is to be linked, and lacks a server where somebody's orphan is in the way.

        Somebody left it there, or removed its device on the Identity Server alone. What is left so of the thing's own
        registered ``device`` is removed, and in nobody's way.
        """
        theirs = [
            record.ids
            for (application, _), record in self.tts.identities.items()
            if application == APPLICATION
            and record.ids.dev_eui == wanted.dev_eui
            and not self.is_marked_as_ours(record)
        ]
        own = {device.device_id} if device and device.is_things_own else set()
        left = (self.world.planted | self.world.lost) - own
        return any(
            device_id in left and (held.ids.dev_eui == ids.dev_eui) != (device_id == ids.device_id)
            for ids in theirs
            for records in self.tts.records.values()
            for (_, device_id), held in records.items()
        )

    def blocks(self, thing, spec, record):
        """A device of our application that the thing may neither have nor remove."""
        device, same_euis = self.state(thing.thing_id).device, record.ids.dev_eui == spec.dev_eui
        same_id = record.ids.device_id in {spec.ids.device_id, device and device.device_id}
        if self.was_retained(record):
            return (same_euis or same_id) and self.is_no_use_to(spec, record)
        if self.is_marked_as_ours(record):
            return False
        if self.is_of_another_stacks_thing(thing, record):
            return same_euis or same_id
        return self.is_another_living_things(record.ids.device_id, thing) if same_euis else same_id

    def is_another_living_things(self, device_id, thing):
        """The thing's own device was put away by somebody, who has one of other EUIs under its ID."""
        owner = self.journal.owner(device_id)
        return owner is not None and owner.thing_id in self.ours.keys() - {thing.thing_id}

    def dev_euis_of_others(self, records):
        """What stands on a server under another application, or under somebody's device, cannot be called an orphan."""
        return {
            held.ids.dev_eui
            for (application, device_id), held in records.items()
            if application != APPLICATION
            or ((record := self.tts.identities.get((application, device_id))) and not self.is_marked_as_ours(record))
        }

    def is_marked_as_ours(self, record):
        mark = mark_in(record.attributes)
        return mark is not None and mark.stack_name == STACK

    def is_of_another_stacks_thing(self, thing, record):
        mark = mark_in(record.attributes)
        return mark is not None and mark.stack_name != STACK and mark.thing_id != thing.thing_id

    def was_retained(self, record):
        """The pipeline made it, and released it without removing it."""
        if not self.is_marked_as_ours(record):
            return False
        thing_id, device_id = mark_in(record.attributes).thing_id, record.ids.device_id
        state = self.state(thing_id)
        if device_id in state.retained or not self.world.retains:
            return device_id in state.retained
        return thing_id not in self.ours and (state.attempt is None or device_id not in state.attempt.device_ids)

    def is_no_use_to(self, spec, record):
        return record.ids.dev_eui != spec.dev_eui or (
            spec.way != "nothing" and self.activation_of(record) != spec.activation
        )

    def activation_of(self, record):
        """What the Identity and the Network Server say of how a device comes to its keys."""
        if not record.without_join_server:
            return "keys"
        network = self.tts.held(record.ids.device_id).get("ns")
        return "session" if network and not network.settings.joins else "code"

    def the_device_is_as_registered(self, thing, state):
        """The four servers and the claims have what the journal says, but for what an update left half-written."""
        device, held = state.device, self.tts.held(state.device.device_id)
        assert "is" in held, f"{thing.thing_id} has lost {device.device_id}"
        record = held["is"]
        assert (record.ids.dev_eui, record.ids.join_eui) == (device.dev_eui, device.join_eui)
        if not self.was_incomplete(device):
            assert {"ns", "as"} <= held.keys(), f"{device.device_id} is not complete: {held.keys()}"
        if device.method == "adopted":  # whatever its owners left on its servers is theirs
            given_away = self.was_retained(record) and mark_in(record.attributes).thing_id != thing.thing_id
            assert given_away or not self.is_marked_as_ours(record), f"{device.device_id} was adopted and marked"
            return
        assert held["ns"].ids == held["as"].ids == record.ids
        mark = mark_in(record.attributes)
        assert (mark.stack_name, mark.thing_id, mark.run) == (STACK, thing.thing_id, device.run)
        assert record.without_join_server == (device.method == "claimed" or device.is_abp)
        assert device.is_abp or record.without_join_server == ("js" not in held)
        assert (device.join_eui, device.dev_eui) in self.tts.claims or device.method != "claimed"
        assert device.is_abp == (not held["ns"].settings.joins)
        unfinished = state.attempt.fields if state.attempt else ()
        known = self.values_of(device)
        found = self.values_held(held)
        if not device.fingerprints:  # it was taken up without keys: nobody knows which it has
            found.pop("appKey", None)
        found = self.without_unsaid(found, device.values.given(), device.device_id)
        differing = {name for name, value in found.items() if value != known[name]}
        told = {labels.PREFIX if labels.is_label(name) else name for name in unfinished}
        assert differing <= told, f"{device.device_id} has other values: {differing}"

    def was_incomplete(self, device):
        """Its owners replaced it as they liked, or could not: an orphan of other EUIs held its ID on a server.

        To an adoption that record is the device's own. It goes when the thing of its EUIs is registered, and then
        Reconcile tells what the device lacks.
        """
        return device.method == "adopted" and device.device_id in self.world.lost | self.world.planted

    def values_of(self, device):
        return {**dict.fromkeys(row.name for row in VALUES), **device.values.given(), "appKey": device.fingerprints}

    def values_held(self, held):
        """The same of the four servers; of a claimed device its maker has the keys.

        The Application Server may still have a session of a device that joins now, until it does.
        """
        values = self.in_identity(held["is"]).over(held["ns"].settings.values)
        values = values.over(held["as"].settings.only(["payloadFormatter"]))
        keys = {"appKey": prints_of(held["js"].settings)} if "js" in held else {}
        if not held["ns"].settings.joins:
            of_session = self.tts.session_keys.get((APPLICATION, held["is"].ids.device_id), {})
            keys = {"appKey": prints_of(DeviceKeys.of(of_session))}
            assert held["as"].settings.dev_addr == values.dev_addr
        return {**dict.fromkeys(row.name for row in VALUES), **values.given(), **keys}

    def without_unsaid(self, found, said, device_id):
        left, own = self.left_unsaid(device_id), said.get(labels.PREFIX)
        kept = {name: value for name, value in found.items() if name not in left or name in said}
        if own and labels.PREFIX in left and labels.PREFIX in kept:
            kept[labels.PREFIX] = {key: text for key, text in (kept[labels.PREFIX] or {}).items() if key in own}
        return kept

    def left_unsaid(self, device_id):
        """Name what the thing need not have said for its device to have it.

        What was retained is its user's, until another thing says otherwise (decision 0016): only what every thing
        clears goes. And somebody who removed a device on the Identity Server alone left what the others have of it.
        """
        if not self.world.keeps and self.was_released_before(device_id):
            return SETTING_NAMES
        return {"supportsClassC", "rx1Delay", "payloadFormatter"} if device_id in self.world.halved else set()

    def was_released_before(self, device_id):
        """A thing that is gone had it under Retain, even if its deletion came after; or a thing gave it away."""
        return self.has_fact(DeviceReleased, device_id)

    def has_fact(self, kind, device_id):
        facts = (each.fact for thing_id in self.journal.streams for each in self.journal.facts(thing_id))
        return any(isinstance(fact, kind) and fact.device_id == device_id for fact in facts)

    def in_identity(self, record):
        """The values without the labels of others; what is not given of a place is read as zero."""
        own = {key: text for key, text in (record.values.labels or {}).items() if key not in THEIR_LABEL}
        values = {**record.values.given(), labels.PREFIX: own or None}
        return DeviceValues.of({name: value for name, value in values.items() if value != 0})

    def the_device_is_as_the_thing_says(self, thing, state):
        spec, held = self.world.specs[thing.thing_id], self.tts.held(state.device.device_id)
        record = held["is"]
        assert (record.ids.dev_eui, record.values.name, record.values.description) == (
            spec.dev_eui,
            spec.name,
            spec.description,
        )
        self.the_settings_are_as_the_thing_says(state.device.device_id, spec.said.given())
        if spec.plan:
            assert held["ns"].settings.values.frequency_plan_id == spec.plan
        if spec.session_keys:
            key = APPLICATION, state.device.device_id
            assert self.tts.session_keys[key] == spec.session_keys.given()
            assert held["ns"].settings.values.dev_addr == held["as"].settings.dev_addr == spec.dev_addr
        if spec.root_keys:
            assert held["js"].settings == spec.root_keys
            assert held["ns"].settings.values.lorawan_version == spec.radio.lorawan_version

    def the_settings_are_as_the_thing_says(self, device_id, said):
        held = self.values_held(self.tts.held(device_id))
        found = {name: held[name] for name in SETTING_NAMES if held[name] is not None}
        found = self.without_unsaid(found, said, device_id)
        assert found == said, f"{device_id} has {found}, its thing says {said}"

    def every_marked_device_has_a_thing(self):
        for (application, device_id), record in self.tts.identities.items():
            if application != APPLICATION or not self.is_marked_as_ours(record):
                continue
            thing_id = mark_in(record.attributes).thing_id
            device = self.state(thing_id).device
            released = self.was_released(thing_id, device_id)
            has_thing = thing_id in self.ours and device is not None and device.device_id == device_id
            assert has_thing or released or self.is_half_made(thing_id, device_id), (
                f"{device_id} belongs to {thing_id}, which does not have it"
            )

    def is_half_made(self, thing_id, device_id):
        """It waits for the correction or the end of a rejected thing, and its ID with it."""
        state, owner = self.state(thing_id), self.journal.owner(device_id)
        rejected = state.settled is not None and state.settled.verdict == "rejected"
        return thing_id in self.ours and rejected and owner is not None and owner.thing_id == thing_id

    def was_released(self, thing_id, device_id):
        """Retained, or given to another stack: it stays. What another thing adopts of it keeps the mark."""
        released = [each.fact for each in self.journal.facts(thing_id) if isinstance(each.fact, DeviceReleased)]
        return any(
            fact.device_id == device_id and (self.world.retains or fact.reason != "taken over") for fact in released
        )

    def no_server_has_an_orphan(self):
        for server, records in self.tts.records.items():
            for key in records.keys() - self.tts.identities.keys():
                assert key[1] in self.world.planted | self.world.lost, f"{key[1]} is an orphan on {server}"

    def every_owner_is_there(self):
        for device_id, owner in self.journal.owners.items():
            state = self.state(owner.thing_id) if owner.thing_id in self.ours else ThingState()
            assert device_id in owned(state), f"{owner} owns {device_id} without having it"
        for thing_id in self.ours:
            for device_id in self.still_its(thing_id):
                assert self.journal.owner(device_id).thing_id == thing_id, f"{thing_id} has {device_id} as another does"

    def still_its(self, thing_id):
        """What a rejected attempt aimed at may have become another thing's since; a device may not.

        A thing that is gone takes its device back to release it, and then the ID is nobody's (free_if_unused).
        """
        state, thing = self.state(thing_id), self.ours[thing_id]
        taken = {each for each in owned(state) if self.is_another_living_things(each, thing) or self.is_given_up(each)}
        return owned(state) - taken | ({state.device.device_id} if state.device else set())

    def is_given_up(self, device_id):
        return self.journal.owner(device_id) is None and self.has_fact(DeviceReleased | DeviceRemoved, device_id)

    def every_claim_has_a_device(self):
        claimed = {
            (record.ids.join_eui, record.ids.dev_eui)
            for (application, _), record in self.tts.identities.items()
            if application == APPLICATION and record.without_join_server
        }
        left = {key for key, holder in self.tts.claims.items() if holder == APPLICATION} - claimed
        assert left <= self.world.lost_claims, f"claims are left over: {left}"

    def every_session_of_others_is_there(self):
        """A device that is activated by personalization cannot be made again by anybody here."""
        for key in self.world.activated_by_hand & self.tts.identities.keys():
            assert not self.tts.records["ns"][key].settings.joins, f"{key} has lost its session"

    def every_label_and_solved_place_of_others_is_there(self):
        for key in self.world.described & self.tts.identities.keys():
            record = self.tts.identities[key]
            assert THEIR_LABEL.items() <= record.attributes.items(), f"{key} has lost somebody's label"
            assert SOLVED.items() <= record.locations.items(), f"{key} has lost its solved place"
