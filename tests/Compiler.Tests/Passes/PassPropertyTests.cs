using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Passes;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>Random programs do the same before and after.</summary>
public class PassPropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300);

    private static readonly Arbitrary<int> Seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public void WholeListKeepsWhatAProgramDoes() => Check.One(Many, Prop.ForAll(Seeds, seed =>
    {
        string before = Results(ProgramGenerator.Make(seed));
        Function function = ProgramGenerator.Make(seed);
        PassList.Run(function, verify: true);
        Assert.Equal(before, Results(function));
    }));

    [Fact]
    public void EachPassKeepsWhatAProgramDoes()
    {
        IPass[] passes = [.. PassList.All.Where(p => p is not JoinAccesses)];
        Check.One(Many, Prop.ForAll(Seeds, seed =>
        {
            Function function = ProgramGenerator.Make(seed, 30);
            string before = Results(function);
            var random = new Random(seed);
            for (int i = 0; i < 12; i++)
            {
                IPass pass = passes[random.Next(passes.Length)];
                pass.Run(function);
                string? broken = Record.Exception(() => Verifier.Check(function, VerifierStage.Frontend))?.Message;
                Assert.True(broken is null, $"{pass.Name}: {broken}");
                Assert.True(before == Results(function), $"{pass.Name} changed what seed {seed} does");
            }
        }));
    }

    private static string Results(Function function)
    {
        var text = new System.Text.StringBuilder();
        foreach ((uint thread, uint n) in new (uint, uint)[] { (0, 3), (37, 12), (127, unchecked((uint)-5)) })
        {
            var machine = new Interpreter { ThreadX = thread };
            for (int i = 0; i < 2048; i++)
                machine.Global[i] = (byte)(i * 37);
            machine.Parameters["x"] = 0;
            machine.Parameters["n"] = n;
            machine.Run(function);
            text.Append(Convert.ToHexString(machine.Global)).Append(Convert.ToHexString(machine.Shared));
            text.AppendJoin(',', machine.Effects);
        }
        return text.ToString();
    }
}
