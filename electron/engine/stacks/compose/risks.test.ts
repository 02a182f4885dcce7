import { describe, expect, it } from 'vitest';
import { formatPosition } from '../../../../shared/domain/position.ts';
import { memoryFiles } from '../../../../test/support/memory-files.ts';
import { loadProject } from './load.ts';
import { findRisks } from './risks.ts';

async function risksOf(service: string, rest = ''): Promise<string[]> {
  const text = `services:\n  web:\n    image: x\n    ${service}\n${rest}`;
  const loaded = await loadProject(
    { folder: '/home/dev/p', environment: { HOME: '/home/dev' } },
    { files: memoryFiles({ '/home/dev/p/compose.yaml': text }) },
  );
  return findRisks(loaded, '/home/dev').map((risk) => {
    expect(risk.service).toBe('web');
    return `${risk.kind} ${risk.position === undefined ? '' : formatPosition(risk.position).replace(/.*yaml:/, '')}`;
  });
}

describe('findRisks', () => {
  it.each([
    ['privileged: true', ['privileged 4:17']],
    ['network_mode: host', ['host-network 4:19']],
    ['pid: host', ['host-pid 4:10']],
    ['ipc: host', ['host-ipc 4:10']],
    ['uts: host', ['host-uts 4:10']],
    ['userns_mode: host', ['host-user-namespace 4:18']],
    ['cgroup: host', ['host-cgroup 4:13']],
    ['pid: "container:other"', ['foreign-container 4:10']],
    ['cap_add: [SYS_ADMIN, CAP_NET_ADMIN, CHOWN]', ['capability 4:15', 'capability 4:26']],
    ['cap_add: [all]', ['capability 4:15']],
    ['security_opt: ["seccomp:unconfined", "no-new-privileges"]', ['unconfined 4:20']],
    ['devices: [/dev/kvm]', ['device 4:15']],
    ['device_cgroup_rules: ["a *:* rwm"]', ['device 4:27']],
    ['oom_kill_disable: true', ['resources 4:23']],
    ['volumes: ["/var/run/docker.sock:/s"]', ['engine-socket 4:15']],
    ['volumes: ["/:/host:ro"]', ['host-path 4:15']],
    ['volumes: ["~:/h"]', ['host-path 4:15']],
    ['volumes: ["/home:/h"]', ['host-path 4:15']],
    ['volumes: ["~/.ssh/id:/k:ro"]', ['host-path 4:15']],
    ['volumes: ["/etc/passwd:/p"]', ['host-path 4:15']],
    ['volumes: ["./data:/d", "/srv/x:/x"]', []],
    ['volumes: ["./data:/d:rshared"]', ['propagation 4:15']],
    ['ports: ["80:80"]', ['public-port 4:13']],
    ['ports: ["0.0.0.0:80:80", "[::]:81:81"]', ['public-port 4:13', 'public-port 4:30']],
    ['ports: ["127.0.0.1:80:80"]', []],
    ['user: root', []],
  ])('%s', async (service, expected) => {
    expect(await risksOf(service)).toEqual(expected);
  });

  it('sees bind mounts that are dressed as volumes', async () => {
    const volumes = (device: string): string =>
      `volumes: {data: {driver: local, driver_opts: {o: "bind,ro", type: none, device: ${device}}}}\n`;
    expect(await risksOf('volumes: ["data:/v"]', volumes('/srv/data'))).toEqual([]);
    expect(await risksOf('volumes: ["data:/v"]', volumes('/etc'))).toEqual(['host-path 5:81']);
  });
});
