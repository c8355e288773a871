using System.Runtime.InteropServices;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    private readonly Dictionary<(TensorBuffer Buffer, nint Address), nint> keptWeights = [];

    /// <summary>
    /// On the CPU, how many bytes of weights in mapped files may be kept packed as products take them, once they were; 0, as it is at
    /// first, for none more. Packing costs 3 to 15 % of a product of a thousand to two hundred rows; the results are the same. They are
    /// kept until this is disposed.
    /// </summary>
    public long KeptWeightsLimit { get; set; }

    /// <summary>Bytes that are kept so.</summary>
    public long KeptWeightsBytes { get; private set; }

    // Files that are mapped don't change, and where they lie nothing else comes to lie as long as their buffer is known.
    private unsafe KeptPanels* KeptFor(Tensor weight, in Linear product)
    {
        if ((KeptWeightsLimit == 0 && keptWeights.Count == 0) || !weight.IsInMappedFile)
            return null;
        if (keptWeights.TryGetValue(weight.Home, out nint found))
            return (KeptPanels*)found;
        long bytes = new Linear.TiledProducts(product, device.Kind).KeptBytes;
        if (bytes == 0 || KeptWeightsBytes + bytes > KeptWeightsLimit)
            return null;
        var kept = (KeptPanels*)NativeMemory.AllocZeroed((nuint)sizeof(KeptPanels));
        kept->Memory = (byte*)HostMemory.Allocate(bytes);
        keptWeights.Add(weight.Home, (nint)kept);
        KeptWeightsBytes += bytes;
        return kept;
    }

    private unsafe void FreeKeptWeights()
    {
        foreach (nint kept in keptWeights.Values)
        {
            HostMemory.Free((nint)((KeptPanels*)kept)->Memory);
            NativeMemory.Free((void*)kept);
        }
        keptWeights.Clear();
    }
}
