#!/usr/bin/env bash
# Everything that must hold, from a fresh Debian machine on; the last lines say what failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bash tests/setup.sh || exit 1
PATH=$PWD/.venv/bin:$PATH
# Otherwise pyright asks PyPI whether it is the newest.
export PYRIGHT_PYTHON_IGNORE_WARNINGS=1

summary=()
failures=0
check() {
    local name=$1 result=passed start=$SECONDS
    shift
    echo "== $name"
    "$@" || { result=FAILED && failures=$((failures + 1)); }
    summary+=("$(printf '%-32s %s  %3d s' "$name" "$result" $((SECONDS - start)))")
}

check "ruff check" ruff check --quiet
check "ruff format" ruff format --check --quiet
check "pyright" pyright
check "imports point one way" lint-imports
# A LibreOffice for each of the two.
check "tests" pytest --numprocesses 2 --dist worksteal
for benchmark in tests/benchmarks/*.py; do
    [[ $benchmark == */ratio.py ]] || check "${benchmark#tests/}" python "$benchmark"
done

echo
printf '%s\n' "${summary[@]}"
((failures == 0)) && echo "All passed." || echo "$failures failed."
exit $((failures > 0))
