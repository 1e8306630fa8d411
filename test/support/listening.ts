/** The TCP ports that a process and those it started listen on, as Linux tells them. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const processes = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** The content of a file, or '' where the process has ended. */
function read(get: () => string): string {
  try {
    return get();
  } catch {
    return '';
  }
}

function familyOf(pid: number): number[] {
  const parents = new Map(
    processes().map((each) => {
      const stat = read(() => readFileSync(`/proc/${each}/stat`, 'utf8'));
      return [Number(each), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const;
    }),
  );
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

function socketsOf(pid: number): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(`/proc/${pid}/fd`);
  } catch {}
  return names.flatMap(
    (name) => /^socket:\[(\d+)\]$/.exec(read(() => readlinkSync(`/proc/${pid}/fd/${name}`)))?.[1] ?? [],
  );
}

export function listeningPorts(pid: number): number[] {
  const sockets = new Set(familyOf(pid).flatMap(socketsOf));
  const LISTENING = '0A';
  const ports = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === LISTENING && sockets.has(inode ?? ''))
      .map(([, address = '']) => Number.parseInt(address.split(':')[1] ?? '', 16)),
  );
  return [...new Set(ports)];
}
