using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>
/// Every run of Euler, Euler ancestral, Heun, UniPC, DPM-Solver++ and LCM, evaluation by evaluation, against the same in float64
/// (tests/Goldens/tasks, whose model outputs are given). The reference's own fp32 is no measure: its latents in σ lose digits.
/// </summary>
public sealed class SolverGoldenTests
{
    private const double Rounding = 1e-6; // of up to 25 evaluations, each a few roundings of 6e-8

    // σ of the reference is the fp32 root of (1 − ᾱ)/ᾱ with ᾱ near 1 in fp32 too: as far as this from its value in double.
    private const double RoundedSigmas = 3e-6;

    [Theory]
    [MemberData(nameof(EachDevice.Models), MemberType = typeof(EachDevice))]
    public void EveryEvaluationIsTheReferencesInDouble(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("tasks/samplers.safetensors");
        IReadOnlyList<SolverCase> cases = SolverCase.All();
        Assert.Equal(42, cases.Count);
        foreach (SolverCase golden in cases)
        {
            var generator = new TorchGenerator(golden.NoiseSeed);
            ISampler sampler = golden.Sampler == "lcm"
                ? EachSampler.Make("lcm", ops, golden.Schedule, golden.Steps, generator)
                : EachSampler.Make(golden.Sampler, ops, golden.Grid(goldens), generator);
            Follow(ops, goldens, golden, sampler, Rounding);
        }
        Assert.Equal(0, ops.Memory.LiveCount);
    }

    [Fact]
    public void TheEmulatorHasTheReferencesNumbersToo()
    {
        using Ops ops = EachDevice.Open(EachDevice.Emulator);
        using SafetensorsFile goldens = Golden.Open("tasks/samplers.safetensors");
        foreach (SolverCase golden in SolverCase.All().Where(golden => golden is { Steps: 4, Shift: 3 }))
        {
            var generator = new TorchGenerator(golden.NoiseSeed);
            Follow(ops, goldens, golden, EachSampler.Make(golden.Sampler, ops, golden.Schedule, golden.Steps, generator), RoundedSigmas);
        }
    }

    [Fact]
    public void WithTheSchedulesOwnLevelsItDiffersAsTheReferencesRoundedOnesDo()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/samplers.safetensors");
        foreach (SolverCase golden in SolverCase.All())
        {
            var generator = new TorchGenerator(golden.NoiseSeed);
            ISampler sampler = EachSampler.Make(golden.Sampler, ops, golden.Schedule, golden.Steps, generator);
            Follow(ops, goldens, golden, sampler, RoundedSigmas);
        }
    }

    [Fact]
    public void LevelsAreTheReferences()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/samplers.safetensors");
        foreach (SolverCase golden in SolverCase.All().Where(golden => golden.Sampler != "lcm"))
        {
            ISampler sampler = EachSampler.Make(golden.Sampler, ops, golden.Schedule, golden.Steps, new TorchGenerator(0));
            Assert.All(sampler.Levels.Zip(golden.Sigmas(goldens)), pair =>
                Assert.InRange(pair.First.Sigma / pair.Second, 1 - RoundedSigmas, 1 + RoundedSigmas));
        }
    }

    [Fact]
    public void NoiseIsDrawnAsTheReferenceDrawsIt()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/samplers.safetensors");
        Tensor expected = goldens["noise"];
        foreach (SolverCase golden in SolverCase.All())
        {
            var generator = new TorchGenerator(golden.NoiseSeed);
            ISampler sampler = EachSampler.Make(golden.Sampler, ops, golden.Schedule, golden.Steps, generator);
            using MemoryScope scope = ops.Scope();
            Tensor start = ops.Load(goldens, "start");
            Sampler.Run(
                ops, sampler, start, (latents, _) => ops.LinearCombination((0.5f, latents)),
                cancellation: TestContext.Current.CancellationToken);
            // What comes after says how much was drawn: once a step, by LCM not in the last.
            int draws = !golden.DrawsNoise ? 0 : golden.Sampler == "lcm" ? golden.Steps - 1 : golden.Steps;
            Bits.Equal(expected.Rows(draws, 1).ToFloats(), generator.Noise(ops, start.Shape, NoiseType.F32).ToFloats(), golden.Name);
        }
    }

    private static void Follow(Ops ops, SafetensorsFile goldens, SolverCase golden, ISampler sampler, double tolerance)
    {
        using MemoryScope scope = ops.Scope();
        Assert.Equal(golden.Evaluations, sampler.Levels.Count);
        Assert.Equal(golden.Timesteps(goldens), sampler.Levels.Select(level => level.Time));
        Tensor outputs = goldens["v"], expected = goldens[$"{golden.Name}.latents_vp_float64"];
        int size = (int)outputs.Shape.Product(1, outputs.Shape.Rank), compared = 0;
        Shape shape = goldens["start"].Shape;
        Sampler.Run(ops, sampler, ops.Load(goldens, "start"), Played, done =>
        {
            double error = Errors.Relative(
                done.Latents.ToFloats(), expected.AsReadOnlySpan<double>().Slice(done.Index * size, size));
            Assert.True(error <= tolerance, $"{golden.Name}, evaluation {done.Index}: relative error {error:E2}, allowed {tolerance:E1}.");
            compared++;
        }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(golden.Evaluations, compared);

        Tensor Played(Tensor latents, NoiseLevel level) => ops.FromHost(outputs.Rows(level.Index, 1).ToFloats(), shape);
    }
}
