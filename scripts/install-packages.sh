#!/bin/sh
# Installs the system packages that lowrank is built on, if they are missing. Says which, and why.
set -eu

# package, and what it is for
packages='libopenblas-dev   the matrix products and LAPACK
liblapacke-dev    the C interface to LAPACK
zlib1g-dev        reading the data, which is gzipped
libssl-dev        SHA-256 of data and weights
gnuplot-nox       drawing the figures
libgnuplot-iostream-dev  handing gnuplot its data
libboost-iostreams-dev   what gnuplot-iostream is built on
libboost-filesystem-dev  what gnuplot-iostream is built on
libboost-system-dev      what gnuplot-iostream is built on
fonts-liberation  the letters in the figures
ca-certificates   downloading the data safely
pkg-config        finding these libraries'

if ! command -v swift >/dev/null 2>&1; then
  echo "error: swift: found no such command, expected a Swift 6.3 toolchain: https://www.swift.org/install" >&2
  exit 1
fi

missing=''
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $(echo "$packages" | cut -d' ' -f1); do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=''
    # Any gnuplot will do: another build of it may be there, and they exclude each other.
    if [ "$package" = gnuplot-nox ] && command -v gnuplot >/dev/null 2>&1; then status=installed; fi
    [ "$status" = installed ] || missing="$missing $package"
  done
elif ! { pkg-config --exists openblas lapacke zlib libcrypto && command -v gnuplot; } >/dev/null 2>&1; then
  missing=$(echo "$packages" | cut -d' ' -f1 | tr '\n' ' ')
fi
[ -n "$missing" ] || exit 0

echo "These system packages are missing:" >&2
for package in $missing; do echo "$packages" | grep "^$package " | sed 's/^/  /' >&2; done

if ! command -v apt-get >/dev/null 2>&1; then
  echo "error: apt-get: found no such command, expected Debian or Ubuntu; install what these packages hold by hand" >&2
  exit 1
elif [ "$(id -u)" -eq 0 ]; then
  as_root=''
elif command -v sudo >/dev/null 2>&1; then
  as_root=sudo
else
  echo "error: found no root privileges and no sudo, expected one of them; as root: apt-get install$missing" >&2
  exit 1
fi

echo "Installing them with apt-get${as_root:+, through sudo}." >&2
# sudo does not pass the environment on by default.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2
# shellcheck disable=SC2086  # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove $missing >&2
