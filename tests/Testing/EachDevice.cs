using System.Collections;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;

namespace CogVideoX.Testing;

/// <summary>Every device that is present, for a theory whose one body runs on each: <c>[ClassData(typeof(EachDevice))]</c>.</summary>
public sealed class EachDevice : IEnumerable<object[]>
{
    /// <summary>Operations on the device of that name.</summary>
    public static Ops Open(string name) => new(name == "reference" ? new ReferenceDevice() : new CpuDevice(int.Parse(name["cpu".Length..])));

    /// <inheritdoc/>
    public IEnumerator<object[]> GetEnumerator()
    {
        yield return ["reference"];
        yield return ["cpu1"];
        yield return ["cpu3"];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
