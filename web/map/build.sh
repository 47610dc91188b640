#!/bin/sh
# Builds the base map: Natural Earth's coast -> recut -> vector tiles, zoom 0 to 8, in one PMTiles file.
# Needs `npm ci` in web/ and, in a Python environment of your choice, `pip install -r web/map/requirements.txt`.
# The same input gives the same file, byte for byte: file names are relative, the order is fixed, one thread.
set -eu
cd "$(dirname "$0")"
PYTHON="${PYTHON:-python3}"
TIPPECANOE="${TIPPECANOE:-tippecanoe}"
OUT="${1:-../../src/tankerwatch/web/dist/land.pmtiles}"
mkdir -p build "$(dirname "$OUT")"
"$PYTHON" recut.py ../node_modules/world-atlas/land-10m.json build
cd build
rm -f land.pmtiles
TIPPECANOE_MAX_THREADS=1 "$TIPPECANOE" --output=land.pmtiles --force --quiet --read-parallel \
    --minimum-zoom=0 --maximum-zoom=8 --full-detail=12 --low-detail=11 \
    --no-tile-size-limit --no-feature-limit --simplification=3 --simplify-only-low-zooms \
    --no-tiny-polygon-reduction --buffer=4 --name=land --description="Natural Earth 10m land, public domain" \
    --attribution="Natural Earth" \
    --named-layer=land:land.geojsonl --named-layer=coast:coast.geojsonl
cd ..
"$PYTHON" finish.py build/land.pmtiles
cp build/land.pmtiles "$OUT"
ls -l "$OUT"
