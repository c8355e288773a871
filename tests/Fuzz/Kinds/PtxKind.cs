using CogVideoX.Emulator;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>PTX with words exchanged: read, decoded and launched for a short while.</summary>
internal sealed class PtxKind : IFuzzKind
{
    private readonly List<(PtxCase Case, TextMutator Mutator)> kernels = [];

    public string Name => "ptx";

    public void Prepare(string scratch)
    {
        foreach (SpoilableCase one in PtxModules.Write(scratch))
            kernels.Add((PtxCase.Read(one.Path), one.ModuleMutator));
    }

    public FuzzInput Make(FuzzRandom random)
    {
        (PtxCase one, TextMutator mutator) = random.Pick(kernels);
        string text = mutator.Mutate(random);
        var options = new LaunchOptions
        {
            Seed = random.Next(1000),
            Timing = random.Pick(Enum.GetValues<AsyncTiming>()),
            MaxLaunchInstructions = 3000,
            ResidentCtas = 4,
        };
        return new FuzzInput(() => $"// {one.Name}\n{text}", () =>
        {
            CaseReport report = one.Run(PtxModule.Parse(text), options);
            return Printed.Problem(report.ToString());
        });
    }

    public bool IsExpected(Exception exception) => exception is EmulatorException;
}
