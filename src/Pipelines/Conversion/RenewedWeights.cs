using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>
/// The tensors of a part, one after the other. Of those that don't lie in their file as they are needed, files keep copies; so they are
/// opened anew when the copies grow, and a model is never in memory twice.
/// </summary>
/// <param name="open">Maps the files.</param>
/// <param name="mostCopied">Bytes of copies from which on they are opened anew.</param>
internal sealed class RenewedWeights(Func<WeightFiles> open, long mostCopied = 256 << 20) : IDisposable
{
    private WeightFiles? files;
    private long copied;

    /// <summary>What a tensor is.</summary>
    public TensorInfo Describe(string name)
    {
        files ??= open();
        files.TryDescribe(name, out TensorInfo info);
        return info;
    }

    /// <summary>A tensor that is there, which lives until the next one is asked for.</summary>
    public Tensor Get(string name)
    {
        if (copied > mostCopied)
        {
            Dispose();
            copied = 0;
        }
        files ??= open();
        files.TryGet(name, out Tensor tensor);
        if (!tensor.IsInMappedFile)
            copied += tensor.Bytes;
        return tensor;
    }

    public void Dispose()
    {
        files?.Dispose();
        files = null;
    }
}
