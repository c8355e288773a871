using System.Text.Json.Serialization;

namespace CogVideoX.Compiler;

/// <summary>Serialization without reflection, for programs compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KernelContainer))]
internal sealed partial class KernelJson : JsonSerializerContext;
