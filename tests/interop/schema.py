"""Validates files by the schema of ETSI TS 119 102-2 that EU DSS carries in its jars.

    schema.py FOLDER_OF_JARS FILE.xml...
"""
import glob
import sys
import zipfile

from lxml import etree

SCHEMA = "TS119102-2-v122.xsd"
# what the schemas name by an address of the network, by the name of the file in the jars
NAMES = {"XAdES.xsd": "XAdES01903v132-202407.xsd", "ts_119612v020201_201601xsd.xsd": "ts_119612v020301_xsd.xsd"}


class Jars(etree.Resolver):
    def __init__(self, folder):
        self.files = {}
        for jar in glob.glob(folder + "/specs-*.jar"):
            with zipfile.ZipFile(jar) as archive:
                for name in archive.namelist():
                    if name.endswith(".xsd"):
                        self.files[name.rsplit("/", 1)[-1]] = archive.read(name)

    def resolve(self, url, _public, context):
        name = url.rsplit("/", 1)[-1]
        return self.resolve_string(self.files[NAMES.get(name, name)], context, base_url=url)


def main():
    jars = Jars(sys.argv[1])
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    parser.resolvers.add(jars)
    schema = etree.XMLSchema(etree.fromstring(jars.files[SCHEMA], parser, base_url="http://uri.etsi.org/" + SCHEMA))
    status = 0
    for path in sys.argv[2:]:
        if not schema.validate(etree.parse(path, etree.XMLParser(resolve_entities=False))):
            status = 1
            for fault in schema.error_log:
                print(f"{path}:{fault.line}: {fault.message}")
    return status


if __name__ == "__main__":
    sys.exit(main())
