# To be sourced: Debian's archive as this machine's own apt reaches it, but with sources, lists and a cache of its own,
# so that nothing of the machine's configuration changes.

# listed FILE: its lines without remarks.
listed() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$1"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else echo "setup: root is needed for: $*" >&2; exit 1
  fi
}

# The mirror that this machine's own apt uses for Debian's main archive.
debian_mirror() {
  apt-get indextargets --format '$(SITE) $(CODENAME) $(ORIGIN)' 'Created-By: Packages' |
    awk '$2 == "bookworm" && $3 == "Debian" && !found++ { print $1 }'
}

# open_debian_archive WORK TYPE SUITE...: reads the lists of the suites' packages (deb) or sources (deb-src) into the
# folder WORK. What apt-get takes to use them is then in archive_options.
open_debian_archive() {
  local work=$1 type=$2 mirror suite
  mirror=$(debian_mirror)
  if [ -z "$mirror" ]; then as_root apt-get -qq update; mirror=$(debian_mirror); fi
  [ -n "$mirror" ] || { echo "setup: apt knows no mirror of Debian 12" >&2; return 1; }
  chmod 755 "$work"
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
  for suite in "${@:3}"; do
    echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >"$work/sources.list"
  # The versions are pinned, so a mirror that has not been refreshed for long serves as well.
  archive_options=(-qq -o Acquire::Check-Valid-Until=false
                   -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
                   -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o Dir::State::status=/dev/null
                   -o APT::Sandbox::User="$(id -un)")
  apt-get "${archive_options[@]}" update
}
