"""Makes calls with the AWS CLI whose script is named, without a start for each.

Each line of standard input is a JSON array of arguments; the answer is a line
with the status and what was printed. The script's own main makes each call, and
makes a driver of its own for it: one call leaves nothing to the next but
modules in memory.
"""
import io
import json
import runpy
import sys

script = sys.argv[1]
main = runpy.run_path(script, run_name="aws")["main"]


def status():
    """Runs main as the script does, and gives what the process would end with."""
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    return code if isinstance(code, int) else int(code is not None)


def printed():
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def call(words):
    kept = sys.stdout, sys.stderr
    sys.argv, sys.stdout, sys.stderr = [script, *words], printed(), printed()
    try:
        answer = {"status": status()}
        for name, file in ("stdout", sys.stdout), ("stderr", sys.stderr):
            file.flush()
            answer[name] = file.buffer.getvalue().decode()
        return answer
    finally:
        sys.stdout, sys.stderr = kept


for line in sys.stdin:
    print(json.dumps(call(json.loads(line))), flush=True)
