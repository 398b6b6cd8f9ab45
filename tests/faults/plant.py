#!/usr/bin/env python3
"""Plants every fault of faults.txt, one at a time, to see a test fail.

Usage: plant.py [-j JOBS] [-k WORD]... [-w FOLDER] [--check]

A long run (a few seconds a fault), by hand and not a part of the suite: it
asks whether the tests would notice wrong code, not whether the code is right.

The sources are copied to temporary folders, one a job, and built there once.
Then each fault replaces a text that must stand exactly once in its file, the
build is brought up to date, and tests run, those named after the file first,
until one reports a failed check. A test that crashes or hangs is noted, but
others are asked for a better answer. The table on standard output says what
caught each fault; exit status 1 if one survives, 2 if one cannot be planted.

-k WORD plants only faults whose title holds the word, or another one; -w FOLDER
keeps the copies there, for a next run with the same sources; --check only looks
whether each fault can be planted.

An entry of faults.txt: a title line `= file: what is wrong`, lines `-text` that
are replaced by lines `+text`, each without their first character."""

import argparse
import contextlib
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FIRST = ['samples', 'samples_gradients', 'identities', 'random_graphs',
         'kernels']
LAST = ['replay', 'backward', 'gradients', 'refusals']
ROOMS = {'core': ('replay', 'written', 'backward', 'gradients', 'checkpoint',
                  'verify'),
         'threads': ('parallel', 'thread'), 'verify': ('verify',),
         'io': ('idx', 'npy', 'safetensors', 'save', 'io'),
         'optim': ('optim',), 'nn': ('params', 'layers', 'optim'),
         'data': ('batches', 'progress', 'metrics')}
SLOW = {'kernels_ulp_long', 'large', 'out_of_memory', 'scale', 'threads'}
SECONDS = 120


class Fault:
    def __init__(self, title):
        self.file, self.what = (part.strip() for part in title.split(':', 1))
        self.old, self.new = [], []

    def replaced(self):
        text = (ROOT / self.file).read_text()
        old, new = '\n'.join(self.old), '\n'.join(self.new)
        count = text.count(old) if old else 0
        if count != 1:
            raise ValueError(f'{self.file}: {self.what}: the text stands '
                             f'{count} times in the file')
        if old == new:
            raise ValueError(f'{self.file}: {self.what}: changes nothing')
        return text.replace(old, new)

    def problem(self):
        try:
            self.replaced()
        except (ValueError, OSError) as problem:
            return str(problem)
        return ''


def read_faults(path):
    faults = []
    for line in path.read_text().splitlines():
        if line.startswith('='):
            faults.append(Fault(line[1:]))
        elif line.startswith('-'):
            faults[-1].old.append(line[1:])
        elif line.startswith('+'):
            faults[-1].new.append(line[1:])
        elif line and not line.startswith('#'):
            raise ValueError(f'{path}: cannot read: {line}')
    return faults


def run(command, folder, seconds=None):
    """(status, output) of a command, which ends with all that it started."""
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True,
                          errors='replace', start_new_session=True) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.terminate()  # what it started has groups of its own
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=10)
            raise
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, output


class Workshop:
    """A copy of the sources with a build that is up to date."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.source = self.folder / 'copy'
        if not self.source.exists():
            ignore = shutil.ignore_patterns('build*', '.git')
            shutil.copytree(ROOT, self.source, ignore=ignore)
        if not (self.source / 'build').exists():
            run(['meson', 'setup', 'build', '-Dexamples=disabled'],
                self.source)
        if self.build():
            raise RuntimeError('the sources do not build without a fault')
        self.sound = {test for test in self.built() if not self.ask(test)[1]}
        for test in sorted(self.built() - self.sound):
            print(f'{test} fails without a fault, and is left out',
                  file=sys.stderr)

    def build(self):
        """What the compiler says if it refuses, else nothing."""
        status, output = run(['ninja', '-C', 'build'], self.source)
        return output if status else ''

    def built(self):
        folder = self.source / 'build' / 'tests'
        return {path.name[len('test_'):] for path in folder.glob('test_*')
                if path.is_file() and os.access(path, os.X_OK)} - SLOW

    def tests(self, fault):
        own = pathlib.Path(fault.file).stem
        named = [test for test in sorted(self.sound)
                 if test == own or test.startswith(own + '_')]
        if '/kernels/' in fault.file:
            named += ['kernels_' + own.split('_')[0], 'kernels']
        words = ROOMS.get(pathlib.Path(fault.file).parent.name, ())
        named += [test for word in words for test in sorted(self.sound)
                  if test.split('_')[0] == word]
        order = named + FIRST + LAST + sorted(self.sound)
        return [test for test in dict.fromkeys(order) if test in self.sound]

    def ask(self, test):
        """(what failed, how): how is 'check', 'crash', 'hang' or ''."""
        tests = self.source / 'tests'
        # a test of several ranks is none by itself
        command = [tests / 'mpi.sh'] if test.split('_')[0] == 'mpi' else []
        command += [self.source / 'build' / 'tests' / f'test_{test}']
        try:
            status, output = run(command, tests, SECONDS)
        except subprocess.TimeoutExpired:
            return test, 'hang'
        failed = re.search(r':F:[^:]*:([a-z0-9_]+):|: (rank \d+) of \d+:',
                           output)
        if failed:
            return f'{test}: {failed.group(1) or failed.group(2)}', 'check'
        return test, 'crash' if status else ''

    def catch(self, fault):
        worst = ''
        for test in self.tests(fault):
            what, how = self.ask(test)
            if how == 'check':
                return what
            if how and not worst:
                worst = f'{what} ({how})'
        return worst

    def plant(self, fault):
        path = self.source / fault.file
        whole = path.read_text()
        path.write_text(fault.replaced())
        try:
            refused = self.build()
            return None if refused else self.catch(fault)
        finally:
            path.write_text(whole)


def work(folder, faults, results, lock):
    workshop = Workshop(folder)
    while True:
        try:
            fault = faults.get_nowait()
        except queue.Empty:
            return
        caught = workshop.plant(fault)
        with lock:
            results.append((fault, caught))
            answer = 'DOES NOT COMPILE' if caught is None else \
                caught or 'SURVIVES'
            print(f'{fault.what} | {fault.file} | {answer}', flush=True)


def plant_all(faults, jobs, folder):
    waiting, results, lock = queue.Queue(), [], threading.Lock()
    for fault in faults:
        waiting.put(fault)
    threads = [threading.Thread(target=work,
                                args=(pathlib.Path(folder) / str(job),
                                      waiting, results, lock))
               for job in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('-j', type=int, default=2)
    parser.add_argument('-k', action='append', default=[])
    parser.add_argument('-w', default='')
    parser.add_argument('--check', action='store_true')
    options = parser.parse_args()
    faults = [fault for fault in read_faults(HERE / 'faults.txt')
              if not options.k or any(word in f'{fault.file}: {fault.what}'
                                      for word in options.k)]
    misfits = [problem for problem in map(Fault.problem, faults) if problem]
    if misfits:
        print(*misfits, sep='\n', file=sys.stderr)
        return 2
    if options.check or not faults:
        print(len(faults), 'faults')
        return 0 if faults else 2
    with tempfile.TemporaryDirectory() as folder:
        results = plant_all(faults, options.j, options.w or folder)
    caught = sum(1 for _, by in results if by)
    print(f'{caught} of {len(faults)} caught')
    if any(by is None for _, by in results):
        return 2
    return 0 if caught == len(faults) else 1


if __name__ == '__main__':
    sys.exit(main())
