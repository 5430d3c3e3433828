#!/usr/bin/env bash
# Makes of the example the configuration that the package brings: one node on this machine, which is a whole cluster.
set -euo pipefail
sed -e 's/^# Parley: settings of one node\.$/# Parley: settings of the node that parley.service runs. It is a cluster of one, for this machine alone; to change\n# that, edit here, copy cluster.secret to the other nodes, and: systemctl restart parley./' \
  -e 's/^# Copy it, change what the comments ask for, and check it:/# After a change, check it as root:/' \
  -e 's|--config parley.yaml|--config /etc/parley/parley.yaml|' \
  -e 's|^  data-dir: .*|  data-dir: /var/lib/parley/n1|' \
  -e 's|host: n1\.example\.org|host: 127.0.0.1|' \
  -e 's|https://n1\.example\.org$|http://127.0.0.1:8080|' \
  -e '/^  tls:$/,/ca-file:/s/^\( *\)\([a-z]\)/\1#\2/' \
  -e 's|^  name: example|  name: parley|' \
  -e '/^    - id: n[23]$/,/http-url/d' \
  -e 's|^  #token-file: /etc/parley/admin.token|  token-file: /etc/parley/admin.token|'
