using System.Collections;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Gpu;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Testing;

/// <summary>Every device that is present, for a theory whose one body runs on each: <c>[ClassData(typeof(EachDevice))]</c>.</summary>
public sealed class EachDevice : IEnumerable<object[]>
{
    /// <summary>The naive forms.</summary>
    public const string Reference = "reference";

    /// <summary>The portable kernels' PTX on our emulator, each access of which is checked.</summary>
    public const string Emulator = "emulator";

    /// <summary>The CPU with products of bf16, whose activations are fp32.</summary>
    public const string CpuBf16 = "cpu-bf16";

    // The portable kernels as .NET code, with a thread of the system for each of theirs: for the few numbers of one operation's golden.
    private const string Simulator = "ilgpu-cpu";

    // The one list: a device that is added here is in every such theory.
    private static readonly (string Name, Func<Device> Make)[] All =
    [
        (Reference, () => new ReferenceDevice()),
        ("cpu1", () => new CpuDevice(1)),
        ("cpu3", () => new CpuDevice(3)),
        ("apart", () => new ApartDevice()),
        (Emulator, () => GpuDevices.OpenEmulator()),
        (Simulator, GpuDevices.OpenSimulator),
    ];

    // No form agrees with the naive one as the others do: products round both of their factors.
    private static readonly (string Name, Func<Device> Make)[] InBf16 =
        [(CpuBf16, () => new CpuDevice(3, CpuArithmetic.Bf16))];

    /// <summary>All names, for a body that goes through them itself.</summary>
    public static IEnumerable<string> Names => All.Select(device => device.Name);

    /// <summary>Those for models, for a theory: all but ILGPU's simulator, which would take hours.</summary>
    public static IEnumerable<object[]> Models => ModelNames.Select(name => new object[] { name });

    /// <inheritdoc cref="Models"/>
    public static IEnumerable<string> ModelNames => Names.Where(name => name != Simulator);

    /// <summary>Those for what takes minutes on the emulator: it is among them where somebody has the time.</summary>
    public static IEnumerable<object[]> LongRuns =>
        ModelNames.Where(name => name != Emulator || IsEverythingEmulated).Select(name => new object[] { name });

    /// <summary>Whether this processor has products of bf16, whichever way.</summary>
    public static bool HasCpuBf16 { get; } = Avx2.IsSupported && Fma.IsSupported;

    /// <summary>Those that compute in bfloat16, to be opened by <see cref="OpenInBf16"/>.</summary>
    public static IEnumerable<object[]> WithBf16 => [[Reference], [Emulator], .. HasCpuBf16 ? new[] { new object[] { CpuBf16 } } : []];

    /// <summary>The same for what takes minutes on the emulator.</summary>
    public static IEnumerable<object[]> LongRunsWithBf16 =>
        WithBf16.Where(device => IsEverythingEmulated || (string)device[0] != Emulator);

    /// <summary>Whether somebody has the time for all that can run on the emulator (<c>COGVIDEOX_EVERYTHING_EMULATED=1</c>).</summary>
    public static bool IsEverythingEmulated { get; } = Environment.GetEnvironmentVariable("COGVIDEOX_EVERYTHING_EMULATED") == "1";

    /// <summary>
    /// Those that are compared with the naive forms, for a theory:
    /// <c>[MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]</c>.
    /// </summary>
    public static IEnumerable<object[]> Fast =>
        Names.Skip(1).Where(name => name != Simulator).Select(name => new object[] { name });

    /// <summary>Operations on the device of that name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="activations">Their type; null for F32.</param>
    public static Ops Open(string name, DType? activations = null) =>
        new(All.Concat(InBf16).Single(device => device.Name == name).Make(), activations);

    /// <summary>Operations that compute in bfloat16 on the device of that name: one of <see cref="WithBf16"/>.</summary>
    public static Ops OpenInBf16(string name) => Open(name, name == CpuBf16 ? DType.F32 : DType.BF16);

    /// <summary>The device of that name, for a pipeline.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static IDeviceSource Source(string name) => new NamedSource(name);

    /// <summary>Operations in their naive forms.</summary>
    /// <param name="activations">The type of activations; null for F32.</param>
    public static Ops OpenNaive(DType? activations = null) => new(All[0].Make(), activations);

    /// <inheritdoc/>
    public IEnumerator<object[]> GetEnumerator() => Names.Select(name => new object[] { name }).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class NamedSource(string name) : IDeviceSource
    {
        public string Name => name;

        public string Description => $"{name}, for tests";

        public long FreeBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

        public string? Lacks(DType activations)
        {
            try
            {
                using var ops = new Ops(Open(), activations);
                return null;
            }
            catch (TensorException exception)
            {
                return exception.Message;
            }
        }

        public bool Records => name == Emulator;

        public Device Open() => All.Single(device => device.Name == name).Make();
    }
}
