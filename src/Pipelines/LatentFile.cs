using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace CogVideoX.Pipelines;

/// <summary>Latents in a safetensors file: <c>latents</c> F32 [1, F, C, H, W], as they stand before scaling and decoding.</summary>
internal static class LatentFile
{
    private const string Name = "latents";

    /// <exception cref="OutputException">The disk is full, or the folder went away since it was checked.</exception>
    public static void Write(string path, Tensor latents)
    {
        try
        {
            SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { [Name] = latents });
        }
        catch (SafetensorsException exception)
        {
            throw new OutputException(exception.Message, inner: exception);
        }
    }

    /// <param name="property">The property that named the file, for errors.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="RequestException">No such tensor, of another type or rank, or with numbers that aren't finite.</exception>
    public static VideoLatents Read(string property, string path)
    {
        PathCheck.Check(property, path);
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            if (!file.Names.Contains(Name))
                throw new RequestException(property, $"{path} has no tensor '{Name}'; saved latents have one.");
            Tensor latents = file[Name];
            if (!latents.Type.IsKernelFloat || latents.Shape.Rank != 5 || latents.Shape[0] != 1 || latents.Count == 0)
                throw new RequestException(property, $"'{Name}' in {path} is {latents}; F32 [1, F, C, H, W] is needed.");
            float[] values = latents.ToFloats();
            return TensorPrimitives.IsFiniteAll<float>(values)
                ? new VideoLatents(values, latents.Shape)
                : throw new RequestException(property, $"'{Name}' in {path} holds NaN or infinity; the run that made it went wrong.");
        }
        catch (SafetensorsException exception)
        {
            throw new RequestException(property, exception.Message, exception);
        }
    }
}
