"""Writes the databases of origins beside this file (pip install mmdb_writer==0.2.7): entries in the shapes of several publishers, and one IPv4 tree."""

from pathlib import Path

from mmdb_writer import MMDBWriter, MmdbU32
from netaddr import IPSet

FOLDER = Path(__file__).parent

# As MaxMind and DB-IP write them.
MAXMIND = {"country": {"iso_code": "US", "names": {"en": "United States", "de": "USA"}}, "registered_country": {"iso_code": "US"}}
NETWORK = {"autonomous_system_number": MmdbU32(64496), "autonomous_system_organization": "Example Cloud"}

ENTRIES = [
    (["0.0.0.0/1", "128.0.0.0/1"], {**MAXMIND, **NETWORK}),
    (["203.0.113.0/24", "2001:db8:7::/48"], {"country": {"iso_code": "NL", "names": {"en": "Netherlands"}}, **{**NETWORK, "autonomous_system_number": MmdbU32(64497)}}),
    # As IPinfo writes them now, and did before.
    (["198.51.100.0/24"], {"country": "Germany", "country_code": "DE", "asn": "AS64498", "as_name": "two\nlines \u202e" + "x" * 100}),
    (["192.0.2.0/24"], {"country": "FR", "country_name": "France", "asn": "AS64499", "name": "Example"}),
    # As ip-location-db writes them, and nothing of use.
    (["192.88.99.0/24"], {"country_code": "JP"}),
    (["100.64.0.0/10"], {"country": 7, "asn": ["AS1"], "country_code": "unknown"}),
]


def write(name: str, entries: list, **options: object) -> None:
    writer = MMDBWriter(database_type="Origins", languages=["en"], description="for tests", **options)
    for networks, entry in entries:
        writer.insert_network(IPSet(networks), entry)
    writer.to_db_file(str(FOLDER / name))


write("origins.mmdb", ENTRIES, ip_version=6, ipv4_compatible=True)
write("origins-ipv4.mmdb", [(["32.0.0.0/8"], {"country_code": "US"})], ip_version=4)
