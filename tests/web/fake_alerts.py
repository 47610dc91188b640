"""Alerts of every severity and one incident for the made-up desk."""

from __future__ import annotations

HOSTILE_NAME = '<script>window.hacked=1</script><img src=x onerror="window.hacked=2">'
SENTENCE = "!AIVDM,1,1,,A,18155Ch000Odw`tM9JWc9?vP0<0H,0*7B"

RULE = {
    "id": "sudden_stop",
    "version": 3,
    "what": "A ship under way lost most of her speed within minutes, away from any port or anchorage.",
    "why": "Attacks, groundings and engine failures look like this before anyone calls.",
    "wrong": "Ships also stop to wait for a pilot, for a berth, or to hand over stores; a repaired receiver can fake it.",
    "settings": {"lost_share": 0.6, "window_s": 600, "least_speed_kn": 7.0, "port_distance_nm": 5.0},
}


class MadeUpAlerts:
    """Of a desk with ships: `ids`, `names`, `lat`, `lon`, `clock_s`."""

    def make_alert(self, number, detector, severity, slots, ago_s, title, reason, incident=None, state="open"):
        return {
            "id": f"a{number}",
            "detector": detector,
            "severity": severity,
            "state": state,
            "ships": [self.ids[slot] for slot in slots],
            "names": {str(self.ids[slot]): self.names[slot] for slot in slots},
            "raised_s": self.clock_s - ago_s,
            "start_s": self.clock_s - ago_s - 180,
            "end_s": None if state == "open" else self.clock_s - 20,
            "updated_s": self.clock_s - ago_s / 2,
            "lat_deg": float(self.lat[slots[0]]) if slots else None,
            "lon_deg": float(self.lon[slots[0]]) if slots else None,
            "score": 0.93,
            "title": title,
            "reason": reason,
            "incident": incident,
            "acknowledged_s": None,
            "confirmed": False,
            "assigned": None,
            "snoozed_until_s": None,
            "closed_by_desk": False,
            "history": [{"time_s": self.clock_s - ago_s, "verb": "raise", "words": reason, "by": None}],
            "rule": dict(RULE, id=detector),
            "evidence": [
                {
                    "source_row": 1812 + n,
                    "feed": "recording",
                    "station": "FUJ-1",
                    "time_s": self.clock_s - ago_s - 60 + 30 * n,
                    "sentence": SENTENCE,
                }
                for n in range(3)
            ],
        }

    def make_alerts(self):
        return [
            self.make_alert(
                1,
                "distress",
                "distress",
                [1],
                60,
                "KOKUKA COURAGEOUS: distress call",
                "KOKUKA COURAGEOUS has sent a DSC distress call: fire or explosion.",
                "i1",
            ),
            self.make_alert(
                2,
                "sudden_stop",
                "danger",
                [0],
                130,
                "FRONT ALTAIR: sudden stop",
                "FRONT ALTAIR has lost her speed: 12.6 to 1.2 kn in ten minutes, no port near.",
                "i1",
            ),
            self.make_alert(
                3,
                "closing",
                "danger",
                [4, 5],
                300,
                f"{HOSTILE_NAME}: small craft closing",
                "Two unnamed radar targets close at 18 kn, bearing steady.",
                None,
            ),
            self.make_alert(
                4,
                "dark",
                "caution",
                [2],
                900,
                "HYUNDAI DUBAI: no longer heard",
                "HYUNDAI DUBAI has not been heard for 25 minutes where others near her are.",
            ),
            self.make_alert(
                5,
                "rendezvous",
                "notice",
                [3, 5],
                2000,
                "COASTAL ACE: possible rendezvous",
                "COASTAL ACE and 538005005 have lain within 200 m of each other for 40 minutes.",
            ),
            self.make_alert(
                6,
                "false_position",
                "caution",
                [5],
                4000,
                "538005005: false position",
                "The positions sent jump 40 NM; withdrawn after late data.",
                None,
                "withdrawn",
            ),
        ]

    def make_incident(self):
        return {
            "id": "i1",
            "severity": "distress",
            "state": "open",
            "title": "Two tankers stopped off Jask",
            "start_s": self.clock_s - 300,
            "end_s": None,
            "alerts": ["a1", "a2"],
            "ships": self.ids[:2],
            "names": {str(self.ids[s]): self.names[s] for s in (0, 1)},
            "reports": ["r1"],
            "lat_deg": 25.42,
            "lon_deg": 57.48,
            "helpers": [
                {
                    "mmsi": self.ids[2],
                    "name": "HYUNDAI DUBAI",
                    "kind": 2,
                    "distance_nm": 4.2,
                    "bearing_deg": 164.0,
                    "hours": 0.28,
                    "speed_kn": 15.0,
                },
                {
                    "mmsi": self.ids[3],
                    "name": "COASTAL ACE",
                    "kind": 5,
                    "distance_nm": 11.9,
                    "bearing_deg": 67.0,
                    "hours": 0.91,
                    "speed_kn": 13.1,
                },
            ],
        }
