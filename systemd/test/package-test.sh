#!/usr/bin/env bash
# Installs the package in a booted systemd-nspawn and tries what an administrator does with it: package-test.sh DEB
#
# Needs root, systemd-nspawn, ip and dpkg-deb, and a Debian tree: PARLEY_ROOTFS, or debootstrap to make one (100 s).
# Exit code: 0 all is well, 1 something is not, 77 skipped, with the reason.
set -euo pipefail
skip() { printf 'SKIPPED: %s\n' "$1"; exit 77; }
fail() { inside journalctl --no-pager -u "parley*" -n 40 >&2 || true; printf "FAILED: %s\n" "$1" >&2; exit 1; }
note() { printf '%s\n' "$1"; }

deb=$(readlink -f "${1:?the .deb is needed}")
[ "$(id -u)" = 0 ] || skip "not root"
for program in systemd-nspawn ip dpkg-deb nsenter; do
  command -v "$program" >/dev/null || skip "no $program"
done
work=$(mktemp -d /tmp/parley-package-test.XXXXXX)
namespace=parley-deb-$$
leader=
monitor=
inside() { nsenter -t "$leader" -a env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
clean_up() {
  if [ -n "$leader" ]; then inside systemctl poweroff --force >/dev/null 2>&1 || true; fi
  if [ -n "$monitor" ]; then
    for _ in $(seq 100); do kill -0 "$monitor" 2>/dev/null || break; sleep 0.2; done
    kill -9 "$monitor" 2>/dev/null || true
  fi
  ip netns delete "$namespace" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

rootfs=${PARLEY_ROOTFS:-}
if [ -z "$rootfs" ]; then
  command -v debootstrap >/dev/null || skip "no debootstrap, and PARLEY_ROOTFS is not set"
  rootfs=$work/rootfs
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,procps,curl bookworm "$rootfs" \
    http://deb.debian.org/debian >"$work/debootstrap.log" 2>&1 || skip "debootstrap failed: $(tail -n 1 "$work/debootstrap.log")"
fi

# The next release, with a changed default configuration.
mkdir "$work/debs"
cp "$deb" "$work/debs/first.deb"
dpkg-deb -R "$deb" "$work/next"
sed -i 's/^Version: .*/&+next/' "$work/next/DEBIAN/control"
echo '# a comment of the next release' >> "$work/next/etc/default/parley"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$work/next" "$work/debs/next.deb" >/dev/null
rm -rf "$work/next"

ip netns add "$namespace"
ip -n "$namespace" link set lo up
systemd-nspawn -q -D "$rootfs" --volatile=overlay --machine="parley-deb-$$" \
  --network-namespace-path="/run/netns/$namespace" --bind-ro="$work/debs:/debs" --register=no --keep-unit --boot \
  </dev/null >"$work/boot.log" 2>&1 &
monitor=$!

# wait_until SECONDS WHAT COMMAND…
wait_until() {
  local seconds=$1 what=$2
  shift 2
  for _ in $(seq $((seconds * 2))); do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.5
  done
  fail "$what, not within $seconds s"
}
booted() {
  leader=$(pgrep -P "$monitor" | head -n 1)
  [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded'
}
for _ in $(seq 120); do if booted; then break; fi; sleep 0.5; done
booted || { tail -n 5 "$work/boot.log"; skip "systemd does not boot here"; }
note "booted"

property() { inside systemctl show "${2:-parley}" -P "$1"; }
is_active() { [ "$(property ActiveState "${1:-parley}")" = active ]; }
install_deb() { inside dpkg -i "/debs/$1" >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log" >&2; fail "dpkg -i $1"; }; }
journal_says() { [[ $(inside journalctl --no-pager -u parley) == *"$1"* ]]; }
api=http://127.0.0.1:8080/v1
call() { inside curl -sS -m 20 -H "Authorization: Bearer $session" -H 'Content-Type: application/json' "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

# Every file that Debian's dpkg would need is there; the versions of libraries are those of the tree.
install_deb first.deb
wait_until 120 "active after the installation" is_active
[ "$(property StatusText)" = ready ] || fail "StatusText: $(property StatusText)"
[ "$(inside curl -sS -o /dev/null -w '%{http_code}' http://127.0.0.1:9080/readyz)" = 200 ] || fail "/readyz"
note "installed, active and ready: $(inside parley --version)"

complaints=$(inside systemd-analyze verify --man=no parley.service parley@n2.service 2>&1) || fail "systemd-analyze verify: $complaints"
[ -z "$complaints" ] || fail "systemd-analyze verify: $complaints"
exposure=$(inside systemd-analyze security --threshold=25 parley.service --no-pager | tail -n 1) || fail "exposure: $exposure"
note "verified; $exposure"
modes=$(inside stat -c '%a %U %n' /etc/parley/cluster.secret /etc/parley/admin.token /var/lib/parley/n1 | tr '\n' ' ')
[ "$modes" = "600 root /etc/parley/cluster.secret 600 root /etc/parley/admin.token 700 parley /var/lib/parley/n1 " ] || fail "modes: $modes"
inside parley config check --config /etc/parley/parley.yaml >/dev/null || fail "config check"
if inside curl -sSf -X POST http://127.0.0.1:9080/admin/v1/tokens -d '{}' >/dev/null 2>&1; then fail "admin without a token"; fi

token() { inside parley token --admin-token-file /etc/parley/admin.token --user "$1"; }
sign_in() {
  inside curl -sS "$api/sessions/bootstrap" -H "Authorization: Bearer $(token "$1")" -H 'Content-Type: application/json' \
    -d "{\"deviceId\": \"dev_$1\", \"platform\": \"cli\"}" | field sessionToken
}
sign_in u_77 >/dev/null
session=$(sign_in u_42)
conversation=$(call "$api/conversations/direct" -d '{"participantIds": ["u_42", "u_77"]}' | field conversationId)
call "$api/conversations/$conversation/messages" -d '{"clientMessageId": "01HZY8H6R7EM4AB4D0JQ4Q8W4K", "senderId": "u_42",
  "body": {"kind": "text", "text": "ship it"}}' | grep -q conversationSeq || fail "post"
has_message() { call "$api/conversations/$conversation/messages?afterSeq=0&limit=50" | grep -q 'ship it'; }
wait_until 20 "the message in the history" has_message
note "posted a message"

restarted() { [ "$(property NRestarts)" = "$1" ] && is_active; }
inside systemctl kill -s KILL parley
wait_until 120 "restarted after kill -9" restarted 1
wait_until 20 "the message after kill -9" has_message
note "kill -9: restarted, nothing lost"

inside mkdir -p /run/systemd/system/parley.service.d
printf '[Service]\nWatchdogSec=8\nTimeoutAbortSec=3\n' | inside tee /run/systemd/system/parley.service.d/test.conf >/dev/null
inside systemctl daemon-reload
inside systemctl restart parley
is_active || fail "restart"
pid=$(property MainPID)
for _ in $(seq 15); do sleep 1; [ "$(property MainPID)" = "$pid" ] || fail "a node that is alive was restarted"; done
inside kill -STOP "$pid"
wait_until 120 "restarted by the watchdog" restarted 1
wait_until 20 "the message after the watchdog" has_message
journal_says 'Watchdog timeout' || fail "no watchdog in the journal"
note "watchdog: left a living node alone, restarted a stopped one"
inside rm -r /run/systemd/system/parley.service.d
inside systemctl daemon-reload

inside sed -i 's/^  sends-per-second: .*/  sends-per-second: 123/' /etc/parley/parley.yaml
secret=$(inside sha256sum /etc/parley/cluster.secret)
install_deb next.deb
wait_until 120 "active after the upgrade" is_active
wait_until 20 "the message after the upgrade" has_message
[ "$(inside sha256sum /etc/parley/cluster.secret)" = "$secret" ] || fail "the upgrade changed the secret"
inside grep -q 'sends-per-second: 123' /etc/parley/parley.yaml || fail "the upgrade lost the configuration"
inside grep -q 'next release' /etc/default/parley || fail "the upgrade kept an unchanged default file"
note "upgraded: data, secret and configuration kept"

inside sh -c "sed -e 's/n1/n2/g' -e 's/: 10080/: 10081/' -e 's/: 11080/: 11081/' -e 's/8080/8081/' -e 's/port: 9080/port: 9081/' \
  /etc/parley/parley.yaml > /etc/parley/n2.yaml"
inside systemctl start parley@n2
is_active parley@n2 || fail "parley@n2"
[ "$(inside stat -c %U /var/lib/parley/n2)" = parley ] || fail "owner of /var/lib/parley/n2"
inside systemctl stop parley@n2
[ "$(property Result parley@n2)" = success ] || fail "parley@n2 stopped unclean: $(property Result parley@n2)"
note "a second node from the template started and stopped"

inside sed -i 's/^  sends-per-second: .*/  sends-per-minute: 1/' /etc/parley/parley.yaml
inside systemctl restart parley 2>/dev/null && fail "started with a wrong configuration"
[ "$(property ActiveState) $(property NRestarts)" = "failed 0" ] || fail "a mistake: $(property ActiveState) $(property NRestarts)"
journal_says 'sends-per-minute' || fail "the mistake is not in the journal"
note "a wrong configuration is said once, not tried for ever"

inside rm /etc/parley/n2.yaml
inside dpkg --remove parley >/dev/null 2>&1 || fail "dpkg --remove"
inside test -d /var/lib/parley/n1 || fail "remove took the data"
inside dpkg --purge parley >"$work/dpkg.log" 2>&1 || { cat "$work/dpkg.log"; fail "dpkg --purge"; }
for path in /etc/parley /var/lib/parley /etc/default/parley /usr/lib/parley /lib/systemd/system/parley.service; do
  if inside test -e "$path"; then fail "purge left $path: $(inside ls "$path")"; fi
done
note "removed with the data kept, purged without a rest"
note "ALL WELL"
