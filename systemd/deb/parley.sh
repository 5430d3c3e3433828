#!/bin/sh
# Runs Parley as it was installed: a node's own commands, or the command line. See parley(1).
#
# Environment, for services in /etc/default/parley: PARLEY_HEAP (-Xmx of a node, default 1g), PARLEY_NODE_OPTS and
# PARLEY_CLI_OPTS (more JVM options).
set -eu
root=/usr/lib/parley
node_flags="@JVM_FLAGS@ -XX:+ExitOnOutOfMemoryError -XX:+UseSerialGC -Xmx${PARLEY_HEAP:-1g} ${PARLEY_NODE_OPTS:-}"
cli_flags="--enable-native-access=ALL-UNNAMED -XX:+UseSerialGC"
case ${1:-} in
  @NODE_COMMANDS@)
    [ "$1" != node ] || shift
    # shellcheck disable=SC2086  # the flags are words on purpose
    exec "$root/runtime/bin/java" $node_flags -cp "$root/node/*" dev.parley.node.Main "$@"
    ;;
  bench) cli_flags="$cli_flags -Xmx1g" ;;
  *) cli_flags="$cli_flags -Xmx256m -XX:TieredStopAtLevel=1" ;;
esac
# shellcheck disable=SC2086
exec "$root/runtime/bin/java" $cli_flags ${PARLEY_CLI_OPTS:-} \
  "-Dparley.node.classPath=$root/node/*" "-Dparley.node.flags=$node_flags" \
  -cp "$root/cli/*" dev.parley.cli.Main "$@"
