#!/usr/bin/env python3
"""What cannot be done is answered with one line that begins with ^; the session goes on, and the guest is as before.

Usage: wrong_commands.py PAGEWALK GUEST_FOLDER
"""
import random
import sys

from check import Check
from driven import Pagewalk

# Wrong whatever the guest does.
WRONG = """
nosuch|g nosuch|p zz|t 0|t zz|pt 1 2|gu 3|bp nosuch|bp virtual_alloc!nosuch|bu virtual_alloc!nosuch|bp 1`00000000|bp main zz|bp main "g|ba|ba x 4 main|ba w 0 main|ba w 4 ffffffff
ba w|bf nosuchkind|bf any zz|bf vad 30000000|bv|bv Nosuch|bc|bc 99|bc zz|bc 1x|bc 5-|bc 9-8|bd 99|be 99|sxe|sxe ld:|sxe av:x|sxe cpr:x|sxe nosuch|sxd zz|sxn|sxi nosuch
r nosuch|r eax=|r eax=zz|r eax ebx|r eax,|r eax=1`00000000|r $t20|r st8|r st0=zz|r xmm0:3x|rX xmm8|.frame 99999|.frame zz|u zz|u main L|ub zz|uf zz|db zz|db main Lzz
dd main L40000000|db 0 L?ffffffff|eb|eb main|eb zz 1|eb 30000000 1|ed 80000000 1|s|s -b|s main L10|s -a main L10
ln zz|~99s|~zs|\\|99s|.process 9999|.process zz|.thread 9999|.exr|.exr zz|.exr 30000000|.cxr 30000000|.cxr zz|.pagein|.pagein 30000000
.pagein 80000000|.formats|.formats zz|?|? 1+|? (1|? 1/0|? poi(0)|? 12345678123456789|? 1`2`3|? 'A|? poi(1`0)|? @nosuch|$<|$<nosuch|.logopen|.logopen /|.logclose
why zz|why 1 2|faults zz|!pte|!pte zz|!vad zz|!vad 30000000|!pfn|!pfn ffffff|!pfn zz|!address zz|!address 80000000|!wsle zz
!wsle 30000000|!vtop|!vtop zz|!ptov|!ptov ffffffff|!process zz zz|!process 9999|!vtop 99999 main|!handle 4 zz|~0 g|~0 nosuch|~9k|\\|9|lm m|lm a|lmq|dxx main|ezz main|!handle 9999|!handle zz|!teb 30000000|!teb zz|!peb 30000000|!dlls zz
!gle zz|.digest zz|.dump|.dump /|.dump /nosuch/file|help nosuch|q now|k zz|kb zz|ub @eip L0 L0|bl zz|lm zz
""".replace("\n", "|").strip("|")
END = ["bp /1 virtual_alloc!main", "g"]
LONG = ["? " + "(" * 5000, "? " + "1+" * 5000, "x" * 100_000, "? " + "-" * 20000 + "1", "bp main \"" + "g;" * 1000 + '"', "db " + "9" * 4000,
        "s -a 10000 L?7fff0000 nothing_like_it", "s -b 0 L?ffffffff 12 34 56 78 9a", "u main L1000", "k 1000000", "faults ffffffff", "p ffffffff"]


def commands_of(text):
    """Separated by |; \\| is the command |."""
    return [c.replace("\0", "|") for c in text.replace("\\|", "\0").split("|") if c]


def ending(pagewalk, lines):
    done = pagewalk.debug("virtual_alloc", END + lines + ["bc *", "sxi gp", "sxe epr", "g; .digest; g"], options=("--ram", "4M"))
    digests = [a["data"]["digest"] for a in done.every(".digest") if a["ok"]]
    return done, (done.guest, done.exit_code, digests[-1:], done.errors)


def check_wrong(pagewalk, check, plain):
    commands = commands_of(WRONG)
    done, end = ending(pagewalk, commands)
    for command in commands:
        answer = done.of(command)
        check.same(f"{command!r} is refused", answer["ok"], False)
        check.true(f"{command!r}: a sentence of one line", answer.get("error") and "\n" not in answer["error"])
    check.same("the guest's end", end, plain)
    text = pagewalk.debug_text("virtual_alloc", END + commands + ["q"]).stdout
    check.same("lines with ^", sum(line.startswith("^ ") for line in text.splitlines()), len(commands))


def check_long(pagewalk, check, plain):
    done, end = ending(pagewalk, LONG[:-1])
    check.same("long commands: the guest's end", end, plain)
    done = pagewalk.debug("virtual_alloc", END + LONG[-1:] + ["g"])
    check.same("more steps than there are", done.exit_code, 0)


def check_random(pagewalk, check, plain):
    """Words of the language, in any order; nothing that changes or runs the guest."""
    chance = random.Random(11)
    heads = [h for h in pagewalk.debug("hello", ["help", "q"]).data("help") if h not in
             ("g", "gh", "gn", "gu", "p", "t", "pt", "q", "e", ".pagein", "$<", ".logopen", ".dump", "r", "sxe", "bp", "bu", "ba", "bf", "bv")]
    words = ["main", "@esp", "0", "ffffffff", "L10", "L?100", '"', '"g"', "poi(", ")", "*", "-a", "/1", "=", "zz", "\x01", "\xff", "80000000",
             "`a.c:1`", "@@", "!", "virtual_alloc!", "L-5", "+", "0n", "0x", "30000000"]
    lines = [" ".join([chance.choice(heads)] + [chance.choice(words) for _ in range(chance.randrange(4))]) for _ in range(1500)]
    lines = [line for line in lines if not line.startswith("be ") and ";" not in line]
    done, end = ending(pagewalk, lines)
    check.same("random commands: the guest's end", end, plain)
    check.true("random commands: both kinds of answer", {a["ok"] for a in done.answers} == {True, False})


def check_scripts_without_end(pagewalk, check):
    import tempfile
    from pathlib import Path
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "again.dbg"
        for rest in ("", "\n" * 200, f"$<{script}\n$<{script}\n"):
            script.write_text(f".echo again\n$<{script}\n{rest}")
            done = pagewalk.debug("hello", [f"$<{script}", "q"])
            refused = [a["error"] for a in done.answers if not a["ok"]]
            check.same("a script that runs itself ends", refused, ["more than 16 scripts lie inside each other: all of them end here"])
            check.same("so often it ran", len(done.every(".echo again")), 16)
            check.same("what was typed goes on", done.answers[-1]["command"], "q")


def main():
    pagewalk, check = Pagewalk(sys.argv[1], sys.argv[2]), Check()
    _, plain = ending(pagewalk, [])
    check.true("a digest at the end", plain[2])
    for test in (check_wrong, check_long, check_random, check_scripts_without_end):
        test(pagewalk, check, *([] if test is check_scripts_without_end else [plain]))
    return check.verdict()


if __name__ == "__main__":
    sys.exit(main())
