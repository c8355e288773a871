using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CogVideoX.Compiler;

/// <summary>Compiled kernels as JSON: what is embedded in assemblies, and what lies in the cache.</summary>
/// <param name="Format">version of this form</param>
/// <param name="Content">hash of everything that the kernel was made from, in the cache; empty elsewhere</param>
/// <param name="Kernels">the kernels</param>
internal sealed record KernelContainer(int Format, string Content, IReadOnlyList<CompiledKernel> Kernels)
{
    public const int CurrentFormat = 1;

    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, KernelJson.Default.KernelContainer);

    /// <summary>Reads kernels and checks that each is whole.</summary>
    public static bool TryRead(Stream stream, [NotNullWhen(true)] out KernelContainer? container, out string problem)
    {
        container = null;
        problem = "";
        try
        {
            KernelContainer? read = JsonSerializer.Deserialize(stream, KernelJson.Default.KernelContainer);
            if (read is null)
                problem = "it is empty";
            else if (read.Format != CurrentFormat)
                problem = $"its format is {read.Format}, and this program reads {CurrentFormat}";
            else if (read.Kernels.Contains(null!))
                problem = "it holds a null";
            else if (read.Kernels.FirstOrDefault(k => k.Hash != CompiledKernel.HashOf(k.Ptx)) is { } broken)
                problem = $"the text of {broken.Entry} isn't what its hash says";
            else
                container = read;
        }
        catch (JsonException exception)
        {
            problem = exception.Message;
        }
        return container is not null;
    }
}

/// <summary>Serialization without reflection, for programs compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KernelContainer))]
internal sealed partial class KernelJson : JsonSerializerContext;
