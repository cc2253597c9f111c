#!/bin/sh
# usage: ./install.sh /opt/dutydesk      installs from this folder alone; no network is touched.
set -eu
to=${1:?用法：./install.sh 安装到哪个文件夹}
from=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}

(cd "$from" && sha256sum --quiet --check SHA256SUMS) || {
  echo "文件与制作时不一样，没有安装。请重新拷贝。" >&2; exit 1; }
want=$(cut -d- -f1 "$from/PLATFORM")
have=$("$python" -c 'import sys; print(f"cp{sys.version_info.major}{sys.version_info.minor}")')
[ "$want" = "$have" ] || {
  echo "这个包要 Python ${want#cp}，这里的 $python 是 ${have#cp}。请用 PYTHON=… 指定。" >&2; exit 1; }
[ ! -e "$to/venv" ] || { echo "$to 里已经装过。升级请装到新文件夹，见 UPGRADE.md。" >&2; exit 1; }

mkdir -p "$to"
"$python" -m venv "$to/venv"
"$to/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  --no-index --no-deps --no-cache-dir "$from"/wheels/*.whl
cp -R "$from/home" "$to/home"
DUTYDESK_HOME=$to/home "$to/venv/bin/dutydesk" ask "低保最后由谁审核确认？" \
  --place 临溪县城关镇 --corpus sample --json >/dev/null || {
  echo "装好了，但试问没有成功。请看上面的报错。" >&2; exit 1; }
echo "装好了。试用：DUTYDESK_HOME=$to/home $to/venv/bin/dutydesk serve"
