"""Where bytes come in: recorded logs and tables, live feeds, and what a person types. One file a protocol.

sources.py  what a PATH or a SOURCE on the command line means
file.py     recorded NMEA logs, in order of receive time        archive.py  recorded decoded reports (CSV, Parquet)
tcp.py  udp.py  serial.py  stdin.py      live feeds, on asyncio  replay.py   plays what was recorded by its own times
report.py   reports and decisions typed in by a person          lines.py  order.py  bytes.py  the parts of the above
"""
