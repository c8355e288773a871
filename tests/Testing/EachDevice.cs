using System.Collections;
using CogVideoX.Gpu;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Testing;

/// <summary>Every device that is present, for a theory whose one body runs on each: <c>[ClassData(typeof(EachDevice))]</c>.</summary>
public sealed class EachDevice : IEnumerable<object[]>
{
    /// <summary>The portable kernels' PTX on our emulator, each access of which is checked.</summary>
    public const string Emulator = "emulator";

    private static readonly bool IsEverythingEmulated = Environment.GetEnvironmentVariable("COGVIDEOX_EVERYTHING_EMULATED") == "1";

    // The one list: a device that is added here is in every such theory.
    private static readonly (string Name, Func<Device> Make)[] All =
    [
        ("reference", () => new ReferenceDevice()),
        ("cpu1", () => new CpuDevice(1)),
        ("cpu3", () => new CpuDevice(3)),
        ("apart", () => new ApartDevice()),
        (Emulator, () => GpuDevices.OpenEmulator()),
    ];

    /// <summary>All names, for a body that goes through them itself.</summary>
    public static IEnumerable<string> Names => All.Select(device => device.Name);

    /// <summary>
    /// Those for whole models, for a theory: the emulator is among them where somebody has the time
    /// (<c>COGVIDEOX_EVERYTHING_EMULATED=1</c>); otherwise it has a case of each model of its own.
    /// </summary>
    public static IEnumerable<object[]> Models => ModelNames.Select(name => new object[] { name });

    /// <inheritdoc cref="Models"/>
    public static IEnumerable<string> ModelNames => IsEverythingEmulated ? Names : Names.Where(name => name != Emulator);

    /// <summary>
    /// Those that are compared with the naive forms, for a theory:
    /// <c>[MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]</c>.
    /// </summary>
    public static IEnumerable<object[]> Fast => All.Skip(1).Select(device => new object[] { device.Name });

    /// <summary>Operations on the device of that name.</summary>
    public static Ops Open(string name) => new(All.Single(device => device.Name == name).Make());

    /// <summary>Operations in their naive forms.</summary>
    /// <param name="activations">The type of activations; null for F32.</param>
    public static Ops OpenNaive(DType? activations = null) => new(All[0].Make(), activations);

    /// <inheritdoc/>
    public IEnumerator<object[]> GetEnumerator() => Names.Select(name => new object[] { name }).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
