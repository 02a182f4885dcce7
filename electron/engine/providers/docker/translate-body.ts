/**
 * What we send to `POST /containers/create`, field for field as the Docker Engine API names it. dockerode's own typings
 * lag behind the API and use `any`; this is the part we fill.
 */
export interface ContainerBody {
  readonly Image: string;
  readonly Hostname?: string;
  readonly Domainname?: string;
  readonly User?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly Cmd?: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly WorkingDir?: string;
  readonly NetworkDisabled?: boolean;
  readonly MacAddress?: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly StopSignal?: string;
  readonly StopTimeout?: number;
  readonly Env?: readonly string[];
  readonly Healthcheck?: HealthBody;
  readonly HostConfig: HostBody;
  readonly NetworkingConfig?: { readonly EndpointsConfig: Readonly<Record<string, EndpointBody>> };
}

export interface HealthBody {
  readonly Test?: readonly string[];
  /** Nanoseconds, as all four. */
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly StartInterval?: number;
  readonly Retries?: number;
}

export interface MountBody {
  readonly Type: string;
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly Consistency?: string;
  readonly BindOptions?: {
    readonly Propagation?: string;
    readonly CreateMountpoint?: boolean;
    readonly NonRecursive?: boolean;
    readonly ReadOnlyNonRecursive?: boolean;
    readonly ReadOnlyForceRecursive?: boolean;
  };
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean;
    readonly Subpath?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
  readonly TmpfsOptions?: { readonly SizeBytes?: number; readonly Mode?: number };
  readonly ImageOptions?: { readonly Subpath?: string };
}

export interface EndpointBody {
  readonly Aliases?: readonly string[];
  readonly Links?: readonly string[];
  readonly IPAMConfig?: {
    readonly IPv4Address?: string;
    readonly IPv6Address?: string;
    readonly LinkLocalIPs?: readonly string[];
  };
  readonly MacAddress?: string;
  readonly DriverOpts?: Readonly<Record<string, string>>;
  readonly GwPriority?: number;
}

export interface DeviceRequestBody {
  readonly Driver?: string;
  readonly Count?: number;
  readonly DeviceIDs?: readonly string[];
  readonly Capabilities?: readonly (readonly string[])[];
  readonly Options?: Readonly<Record<string, string>>;
}

/** Bytes or operations per second. */
export interface ThrottleBody {
  readonly Path: string;
  readonly Rate: number;
}

/** Limits and devices; part of the host configuration in the API. */
export interface ResourceBody {
  readonly CgroupParent?: string;
  readonly Memory?: number;
  readonly MemorySwap?: number;
  readonly MemorySwappiness?: number;
  readonly MemoryReservation?: number;
  readonly OomKillDisable?: boolean;
  readonly CpuCount?: number;
  readonly CpuPercent?: number;
  readonly CpuPeriod?: number;
  readonly CpuQuota?: number;
  readonly CpuRealtimePeriod?: number;
  readonly CpuRealtimeRuntime?: number;
  readonly CpuShares?: number;
  readonly NanoCpus?: number;
  readonly CpusetCpus?: string;
  readonly DeviceCgroupRules?: readonly string[];
  readonly PidsLimit?: number;
  readonly Devices?: readonly {
    readonly PathOnHost: string;
    readonly PathInContainer: string;
    readonly CgroupPermissions: string;
  }[];
  readonly DeviceRequests?: readonly DeviceRequestBody[];
  readonly BlkioWeight?: number;
  readonly BlkioWeightDevice?: readonly { readonly Path: string; readonly Weight: number }[];
  readonly BlkioDeviceReadBps?: readonly ThrottleBody[];
  readonly BlkioDeviceReadIOps?: readonly ThrottleBody[];
  readonly BlkioDeviceWriteBps?: readonly ThrottleBody[];
  readonly BlkioDeviceWriteIOps?: readonly ThrottleBody[];
  readonly Ulimits?: readonly { readonly Name: string; readonly Soft: number; readonly Hard: number }[];
}

export interface HostBody extends ResourceBody {
  readonly Annotations?: Readonly<Record<string, string>>;
  readonly Binds?: readonly string[];
  readonly Mounts?: readonly MountBody[];
  readonly CapAdd?: readonly string[];
  readonly CapDrop?: readonly string[];
  readonly NetworkMode?: string;
  readonly Init?: boolean;
  readonly IpcMode?: string;
  readonly CgroupnsMode?: string;
  readonly ReadonlyRootfs?: boolean;
  readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount?: number };
  readonly ShmSize?: number;
  readonly Sysctls?: Readonly<Record<string, string>>;
  readonly PortBindings?: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>;
  readonly VolumesFrom?: readonly string[];
  readonly Dns?: readonly string[];
  readonly DnsSearch?: readonly string[];
  readonly DnsOptions?: readonly string[];
  readonly ExtraHosts?: readonly string[];
  readonly SecurityOpt?: readonly string[];
  readonly StorageOpt?: Readonly<Record<string, string>>;
  readonly UsernsMode?: string;
  readonly UTSMode?: string;
  readonly Privileged?: boolean;
  readonly PidMode?: string;
  readonly Tmpfs?: Readonly<Record<string, string>>;
  readonly Isolation?: string;
  readonly Runtime?: string;
  readonly LogConfig?: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
  readonly GroupAdd?: readonly string[];
  readonly OomScoreAdj?: number;
  readonly MaskedPaths?: readonly string[];
  readonly ReadonlyPaths?: readonly string[];
}
