using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Pictures of reference files.</summary>
internal static class GoldenPicture
{
    /// <param name="file">Where it is.</param> <param name="name">Of a tensor [H,W,3] of bytes.</param>
    public static StillImage Of(SafetensorsFile file, string name)
    {
        var tensor = file[name];
        return new StillImage(tensor.AsReadOnlySpan<byte>().ToArray(), tensor.Shape[0], tensor.Shape[1]);
    }
}
