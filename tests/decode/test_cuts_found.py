"""Found by the soak: where the same lines, cut otherwise, gave other rows or other counts. Put this into tests/decode/."""

import pytest

RADAR = [
    b"!AIVDO,1,1,,A,KTTP2hbnD5U>p;ICrakGH=>iV7OMRcUeAKp6geVH30?bRE>d1RsEn:2:aV?pgVLNsMka,0*78",
    b"!AIVDO,1,1,7,1,COHDu90?JL@uDNbNIgT>huApuchWi>@kaQtCfJ6kJ7cfjr8>TgrS,4*0E",
    b"$RATTM,08,3.00,120.0,R,,,T,,,N,,T,,,A*17",
]
TOO_SOON = [
    b"!AIVDM,2,2,2,A,GJ9=A=,0*61",
    b"!AIVDM,2,1,2,A,55mL,1*37",
    b"!AIVDM,2,2,2,A,H8LRv;Vp50PmnMUeN6<KL:Q9oW@b8`E0FaUJ@=:`fRDu:jDRmdnCf@4vEm,3*2B",
]
TWO_IN_A_LINE = [
    b"!ABVDM,3,2,3,,FlC?0l6AAFQrgpLp?TD9v,1*4d",
    b"!ABVDM,3,3,3,,1jtGG0gRRoFiB,5*20!ABVDM,9,7,0,A,5P>`ifB6tiu:Cg,4*21",
    b"!ABVDM,3,1,3,,EaS,0*2A",
]


@pytest.mark.parametrize("lines", [RADAR, TOO_SOON, TWO_IN_A_LINE])
@pytest.mark.parametrize("cuts", [[1], [2], [1, 2]])
def test_cuts_change_nothing_here(listen, lines, cuts):
    times = [1560391934.25, 1560391937.46, 1560391938.07]
    whole, parts = listen(lines, times), listen(lines, times, cuts=cuts)
    assert whole.rows() == parts.rows()
    assert whole.decoder.counters.to_json() == parts.decoder.counters.to_json()


def test_a_distress_call_of_nobody_is_refused(listen):
    """An address of thirteen digits is none; the field of the ship in distress does not count in a distress alert."""
    said = listen([b"$CDDSC,12,5660021900670,12,12,00,3253005715,8888,5661230000,05,S,*10"])
    assert not len(said.calls) and said.rejected == {"bad_call": 1}
