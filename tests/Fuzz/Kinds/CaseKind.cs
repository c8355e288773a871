using System.Text;
using CogVideoX.Emulator;
using CogVideoX.Fuzz.Mutation;

namespace CogVideoX.Fuzz.Kinds;

/// <summary>Cases of <c>ptx run</c> whose JSON, data or module is spoiled.</summary>
internal sealed class CaseKind : IFuzzKind
{
    private IReadOnlyList<SpoilableCase> cases = [];

    public string Name => "case";

    public void Prepare(string scratch) => cases = [.. PtxModules.Write(scratch)];

    public FuzzInput Make(FuzzRandom random)
    {
        SpoilableCase one = random.Pick(cases);
        byte[] json = Encoding.UTF8.GetBytes(one.Case.ToJsonString()), data = one.Data, module = Encoding.UTF8.GetBytes(one.Module);
        int part = random.Next(10);
        if (part < 6 || part == 9)
            json = JsonMutator.Mutate(random, one.Case);
        if (part is 6 or 7 or 9)
            data = one.DataMutator.Mutate(random);
        if (part is 8 or 9)
            module = one.ModuleMutator.MutateBytes(random);
        var options = new LaunchOptions { Seed = random.Next(1000), MaxLaunchInstructions = 3000, ResidentCtas = 4 };
        return new FuzzInput(
            () => string.Join("\n---\n", new[] { json, data[..Math.Min(2000, data.Length)], module }.Select(Encoding.UTF8.GetString)), () =>
        {
            one.Write(json, data, module);
            return Printed.Problem(PtxCase.Run(one.Path, options).ToString());
        });
    }

    public bool IsExpected(Exception exception) => exception is CaseException;
}
