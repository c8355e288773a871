using System.Text.Json;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>One run of another of diffusers' schedulers, as tests/Goldens/tasks/samplers.json lists it.</summary>
internal sealed record SolverCase(string Name, string Sampler, double Shift, int Steps, int Evaluations, ulong NoiseSeed, bool DrawsNoise)
{
    public static IReadOnlyList<SolverCase> All()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("tasks/samplers.json")));
        ulong seed = json.RootElement.GetProperty("noise_seed").GetUInt64();
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(element => Parse(element, seed))];
    }

    public NoiseSchedule Schedule => new(new NoiseScheduleOptions { SnrShiftScale = Shift });

    /// <summary>The timesteps as run, one an evaluation.</summary>
    public double[] Timesteps(SafetensorsFile goldens) => [.. goldens[$"{Name}.timesteps"].ToFloats().Select(time => (double)time)];

    /// <summary>σ of each evaluation and of the end; LCM has none.</summary>
    public double[] Sigmas(SafetensorsFile goldens) => [.. goldens[$"{Name}.sigmas"].ToFloats().Select(sigma => (double)sigma)];

    /// <summary>The levels that the reference computed with: its σ in fp32, one a step.</summary>
    public StepGrid Grid(SafetensorsFile goldens)
    {
        double[] times = Timesteps(goldens), sigmas = Sigmas(goldens);
        int stride = Evaluations > Steps ? 2 : 1; // Heun: 0, 1, 1, 2, 2, …, each level but the first twice
        int[] firsts = [.. Enumerable.Range(0, Steps).Select(step => step * stride)];
        return new StepGrid([.. firsts.Select(i => times[i]), 0], [.. firsts.Select(i => AlphaOf(sigmas[i])), AlphaOf(sigmas[^1])]);
    }

    /// <summary>ᾱ = 1/(1 + σ²)</summary>
    public static double AlphaOf(double sigma) => 1 / (1 + sigma * sigma);

    private static SolverCase Parse(JsonElement element, ulong seed) => new(
        element.GetProperty("name").GetString()!,
        element.GetProperty("sampler").GetString()!,
        element.GetProperty("snr_shift_scale").GetDouble(),
        element.GetProperty("steps").GetInt32(),
        element.GetProperty("evaluations").GetInt32(),
        seed,
        element.GetProperty("noise_used").GetBoolean());
}
