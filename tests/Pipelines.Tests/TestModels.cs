using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests;

/// <summary>The checkpoints that tests run on.</summary>
internal static class TestModels
{
    /// <summary>The bundled model: sincos positions, 64×64, 17 frames, its own generation_config.json.</summary>
    public static string Shapes { get; } = Path.Combine(Golden.Root, "models", "shapes");

    /// <summary>Random and tiny, kind 2b: sincos, 64×96, 9 frames, 26 tokens, DDIM.</summary>
    public static string Tiny2b { get; } = Golden.Path("checkpoints/2b");

    /// <summary>Random and tiny, kind 5b: RoPE, 64×96, 9 frames, DPM.</summary>
    public static string Tiny5b { get; } = Golden.Path("checkpoints/5b");

    /// <summary>A run that takes a fraction of a second on the tiny models.</summary>
    public static GenerationRequest Quick { get; } = new("a red circle") { Steps = 2 };
}
