"""The band of each frequency plan that is published for The Things Stack. A deployment may have others.

Source: github.com/TheThingsNetwork/lorawan-frequency-plans, ``band-id`` of each plan.
"""

_PLANS_OF_BAND = {
    "EU_863_870": "EU_863_870 EU_863_870_TTN EU_863_870_ROAMING_DRAFT EU_868_1",
    "EU_433": "EU_433",
    "US_902_928": (
        "US_902_928_FSB_1 US_902_928_FSB_2 US_902_928_FSB_3 US_902_928_FSB_4 US_902_928_FSB_5 "
        "US_902_928_FSB_6 US_902_928_FSB_7 US_902_928_FSB_8 US_903_0 US_904_6 US_906_2 US_907_8 US_909_4 "
        "US_911_0 US_912_6 US_914_2"
    ),
    "AU_915_928": (
        "AU_915_928_FSB_1 AU_915_928_FSB_2 AU_915_928_FSB_3 AU_915_928_FSB_4 AU_915_928_FSB_5 "
        "AU_915_928_FSB_6 AU_915_928_FSB_7 AU_915_928_FSB_8 AU_915_928_FSB_1_BR AU_915_928_FSB_2_BR "
        "AU_915_928_FSB_3_BR AU_915_928_FSB_4_BR AU_915_928_FSB_5_BR AU_915_928_FSB_6_BR "
        "AU_915_928_FSB_7_BR AU_915_928_FSB_8_BR"
    ),
    "CN_470_510": "CN_470_510_FSB_1 CN_470_510_FSB_11",
    "AS_923": (
        "AS_920_923 AS_920_923_LBT AS_920_923_TTN_JP_1 AS_920_923_TTN_JP_1_LAND_MOBILE "
        "AS_920_923_TTN_JP_2 AS_920_923_TTN_JP_3 AS_920_923_TTN_JP_3_LAND_MOBILE AS_923 AS_923_NDT "
        "AS_923_DT AS_923_925 AS_923_925_LBT AS_920_923_TTN_AU AS_923_925_TTN_AU SG_920_923_TTN UZ_923_1"
    ),
    "AS_923_2": "AS_923_2 AS_923_2_NDT AS_923_2_DT",
    "AS_923_3": "AS_923_3 AS_923_3_NDT AS_923_3_DT",
    "AS_923_4": "AS_923_4 AS_923_4_NDT AS_923_4_DT IL_917_920_TTN IL_917_920_TTN_2",
    "KR_920_923": "KR_920_923_TTN",
    "MA_869_870_DRAFT": "MA_869_870_DRAFT",
    "IN_865_867": "IN_865_867",
    "RU_864_870": "RU_864_870_TTN",
    "ISM_2400": "ISM_2400_3CH_DRAFT2",
}
_BAND_OF_PLAN = {plan: band for band, plans in _PLANS_OF_BAND.items() for plan in plans.split()}


def band_of(plan_id: str) -> str | None:
    """Return the band of a plan; None for one that is not published."""
    return _BAND_OF_PLAN.get(plan_id)
