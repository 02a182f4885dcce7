import type { ComposeDeviceRequest, ComposeService, ComposeThrottle } from '../../../../shared/domain/compose-model.ts';
import type { DeviceRequestBody, ResourceBody, ThrottleBody } from './translate-body.ts';
import { bytes, compact, numeric } from './translate-values.ts';

const cdiName = /^[a-z][a-z0-9.-]*\.[a-z0-9.-]+\/[a-z][a-z0-9_-]*=[\w.:-]+$/i;

/** Limits, reservations and devices. What stands under `deploy` wins over the short forms, as in Compose. */
export function translateResources(service: ComposeService): ResourceBody {
  const limits = service.deploy?.resources?.limits;
  const reservations = service.deploy?.resources?.reservations;
  const cpus = numeric(limits?.cpus) ?? service.cpus;
  const pids = limits?.pids ?? service.pids_limit;
  const devices = (service.devices ?? []).filter((device) => !isCdi(device));
  const requests = deviceRequests(service, reservations?.devices ?? []);
  const ulimits = Object.entries(service.ulimits ?? {}).map(([Name, value]) =>
    typeof value === 'number' ? { Name, Soft: value, Hard: value } : { Name, Soft: value.soft, Hard: value.hard },
  );
  return compact({
    CgroupParent: service.cgroup_parent,
    Memory: bytes(limits?.memory) ?? bytes(service.mem_limit),
    MemorySwap: bytes(service.memswap_limit),
    MemorySwappiness: numeric(service.mem_swappiness),
    MemoryReservation: bytes(reservations?.memory) ?? bytes(service.mem_reservation),
    OomKillDisable: service.oom_kill_disable === true ? true : undefined,
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent,
    CpuPeriod: microseconds(service.cpu_period),
    CpuQuota: microseconds(service.cpu_quota),
    CpuRealtimePeriod: microseconds(service.cpu_rt_period),
    CpuRealtimeRuntime: microseconds(service.cpu_rt_runtime),
    CpuShares: service.cpu_shares,
    NanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    CpusetCpus: service.cpuset,
    DeviceCgroupRules: service.device_cgroup_rules,
    PidsLimit: pids === 0 ? undefined : pids,
    Devices:
      devices.length === 0
        ? undefined
        : devices.map((device) => ({
            PathOnHost: device.source,
            PathInContainer: device.target ?? device.source,
            CgroupPermissions: device.permissions ?? 'rwm',
          })),
    DeviceRequests: requests.length === 0 ? undefined : requests,
    ...blockLimits(service),
    Ulimits: ulimits.length === 0 ? undefined : ulimits,
  });
}

/** The CPU scheduler's periods: plain numbers are microseconds, `50ms` is a duration. */
function microseconds(value: string | number | undefined): number | undefined {
  const plain = numeric(value);
  if (plain !== undefined || value === undefined) return plain;
  const match = /^(\d+(?:\.\d+)?)(us|µs|ms|s)$/.exec(String(value));
  if (match === null) return undefined;
  const factor = match[2] === 's' ? 1e6 : match[2] === 'ms' ? 1e3 : 1;
  return Math.round(Number(match[1]) * factor);
}

function isCdi(device: { readonly source: string; readonly target?: string }): boolean {
  return (device.target === undefined || device.source === device.target) && cdiName.test(device.source);
}

/** The engine leaves out, with a warning, what its kernel cannot limit. */
function blockLimits(service: ComposeService): ResourceBody {
  const limits = service.blkio_config;
  if (limits === undefined) return {};
  return compact({
    BlkioWeight: limits.weight,
    BlkioWeightDevice: limits.weight_device?.map(({ path, weight }) => ({ Path: path, Weight: weight })),
    BlkioDeviceReadBps: throttles(limits.device_read_bps),
    BlkioDeviceReadIOps: throttles(limits.device_read_iops),
    BlkioDeviceWriteBps: throttles(limits.device_write_bps),
    BlkioDeviceWriteIOps: throttles(limits.device_write_iops),
  });
}

function throttles(limits: readonly ComposeThrottle[] | undefined): readonly ThrottleBody[] | undefined {
  return limits?.map(({ path, rate }) => ({ Path: path, Rate: bytes(rate) ?? 0 }));
}

function deviceRequests(service: ComposeService, reserved: readonly ComposeDeviceRequest[]): DeviceRequestBody[] {
  const cdi = (service.devices ?? []).filter(isCdi).map((device) => device.source);
  return [
    ...reserved.map((device) => deviceRequest(device, device.capabilities ?? [])),
    ...(cdi.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: cdi }]),
    ...(service.gpus ?? []).map((device) => deviceRequest(device, [...(device.capabilities ?? []), 'gpu'])),
  ];
}

function deviceRequest(device: ComposeDeviceRequest, capabilities: readonly string[]): DeviceRequestBody {
  return compact({
    Driver: device.driver,
    // Without ids or a count Compose reserves all of them.
    Count: device.count ?? (device.device_ids === undefined ? -1 : undefined),
    DeviceIDs: device.device_ids,
    Capabilities: [capabilities],
    Options: device.options,
  });
}
