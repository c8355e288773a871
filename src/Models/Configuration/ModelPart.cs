namespace CogVideoX.Models.Configuration;

/// <summary>A part of a pipeline, as <c>model_index.json</c> lists it.</summary>
/// <param name="Name">Its folder, such as <c>transformer</c>.</param>
/// <param name="Library">The library of its class, such as <c>diffusers</c>; null where the index leaves the part out.</param>
/// <param name="ClassName">Its class; null where the index leaves the part out.</param>
internal sealed record ModelPart(string Name, string? Library, string? ClassName)
{
    /// <summary>Whether the index leaves it out: <c>[null, null]</c>.</summary>
    public bool IsNull => ClassName is null;

    /// <summary>What its weight files begin with; each library has a name of its own.</summary>
    internal string WeightsName => Library == "diffusers" ? "diffusion_pytorch_model" : "model";
}
