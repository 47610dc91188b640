#!/bin/sh
# Rebuild the page from web/ and compare it with the committed bundle, byte for byte. Node is needed for this check only, never to run.
set -eu
cd "$(dirname "$0")/../web"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "web: skipped, the page's bundle was not rebuilt: there is no Node on this machine"
    exit 0
fi
if ! cmp -s package-lock.json node_modules/.tankerwatch-lock; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.tankerwatch-lock
fi
npm run --silent check
