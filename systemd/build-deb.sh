#!/usr/bin/env bash
# Builds target/parley_VERSION_ARCH.deb from the packaged node and cli: build-deb.sh VERSION. Maven calls it (-Pdeb); it
# needs dpkg-deb, gzip and a JDK 25 with jlink. Environment: JAVA25_HOME or JAVA_HOME, DEB_VERSION to name another version.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
version=${DEB_VERSION:-${1/-SNAPSHOT/\~snapshot}}
work=$here/target
tree=$work/tree

fail() { printf 'build-deb: %s\n' "$1" >&2; exit 1; }
find_jdk() {
  local home
  for home in "${PARLEY_JDK:-}" "${JAVA25_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -x "$home/bin/jlink" ] && grep -q '^JAVA_VERSION="25' "$home/release" 2>/dev/null; then
      printf '%s' "$home"
      return
    fi
  done
}
command -v dpkg-deb >/dev/null || fail "dpkg-deb is needed (package dpkg)."
jdk=$(find_jdk)
[ -n "$jdk" ] || fail "no JDK 25 with jlink was found: set JAVA25_HOME."
arch=$(dpkg --print-architecture)

rm -rf "$tree"
install -d "$tree"/{DEBIAN,etc/parley,etc/default,lib/systemd/system} \
  "$tree"/usr/{bin,lib/parley/node,lib/parley/cli,lib/sysusers.d,lib/tmpfiles.d} \
  "$tree"/usr/share/{man/man1,bash-completion/completions,doc/parley,lintian/overrides}
for module in node cli; do
  jar=$(ls "$root/$module"/target/parley-$module-*.jar | head -n 1)
  install -m 644 "$jar" "$root/$module"/target/lib/*.jar "$tree/usr/lib/parley/$module/"
done

# java.desktop is left out: its libraries need half of X11, and nothing here draws.
"$jdk/bin/jlink" --add-modules java.compiler,java.logging,java.management,java.naming,java.net.http,java.security.jgss,\
java.security.sasl,java.sql,java.xml,jdk.compiler,jdk.jcmd,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --compress=zip-6 --output "$tree/usr/lib/parley/runtime"
rm "$tree/usr/lib/parley/runtime/lib/jexec"
find "$tree/usr/lib/parley/runtime" -type f ! -path '*/bin/*' ! -name 'jspawnhelper' -exec chmod 644 {} +
if command -v strip >/dev/null; then
  find "$tree/usr/lib/parley/runtime" -type f \( -name '*.so' -o -path '*/bin/*' -o -name jspawnhelper \) -exec strip --strip-unneeded {} +
fi

flags=$(sed -n 's:.*<parley.jvm.flags>\(.*\)</parley.jvm.flags>.*:\1:p' "$root/pom.xml")
commands=$(sed -n 's/^  \(node |.*\))$/\1/p' "$root/parley")
sed -e "s|@JVM_FLAGS@|$flags|" -e "s/@NODE_COMMANDS@/$commands/" "$here/deb/parley.sh" > "$tree/usr/bin/parley"
chmod 755 "$tree/usr/bin/parley"
"$here/deb/package-config.sh" < "$root/config/parley.example.yaml" > "$tree/etc/parley/parley.yaml"
install -m 644 "$here/deb/default" "$tree/etc/default/parley"
install -m 644 "$here/parley.service" "$here/parley@.service" "$tree/lib/systemd/system/"
install -m 644 "$here/parley.sysusers" "$tree/usr/lib/sysusers.d/parley.conf"
install -m 644 "$here/parley.tmpfiles" "$tree/usr/lib/tmpfiles.d/parley.conf"
install -m 644 "$root/config/parley.example.yaml" "$root/docs/errors.md" "$tree/usr/share/doc/parley/"
cp -r "$root/docs/runbook" "$tree/usr/share/doc/parley/"
find "$tree/usr/share/doc/parley" -type f -exec chmod 644 {} + -o -type d -exec chmod 755 {} +
install -m 644 "$here/deb/lintian-overrides" "$tree/usr/share/lintian/overrides/parley"

"$jdk/bin/java" -cp "$tree/usr/lib/parley/cli/*:$tree/usr/lib/parley/node/*" "$here/src/Pages.java" "$work"
sed -i "/^#!/d" "$work/parley.bash"
install -m 644 "$work/parley.bash" "$tree/usr/share/bash-completion/completions/parley"
gzip -9nc "$work/parley.1" > "$tree/usr/share/man/man1/parley.1.gz"
chmod 644 "$tree/usr/share/man/man1/parley.1.gz"

printf '/etc/parley/parley.yaml\n/etc/default/parley\n' > "$tree/DEBIAN/conffiles"
install -m 755 "$here"/deb/{postinst,prerm,postrm} "$tree/DEBIAN/"
cat > "$tree/DEBIAN/control" <<CONTROL
Package: parley
Version: $version
Architecture: $arch
Maintainer: Parley <parley@parley.dev>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6, zlib1g, init-system-helpers (>= 1.52), systemd (>= 250)
Recommends: ca-certificates
Section: net
Priority: optional
Description: self-hosted chat server
 Parley never loses a message that it acknowledged. One node is one process;
 three nodes make a cluster that survives the loss of any one of them. It needs
 no database, broker or cache of another kind, and brings its own Java runtime.
CONTROL
(cd "$tree" && find etc usr lib -type f -print0 | sort -z | xargs -0 md5sum) > "$tree/DEBIAN/md5sums"
deb=$work/parley_${version}_$arch.deb
rm -f "$work"/parley_*.deb
# The jars are compressed already.
dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$deb" >/dev/null
printf 'built %s\n' "$deb"
