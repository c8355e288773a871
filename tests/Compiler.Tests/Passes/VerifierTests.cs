using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Passes;

/// <summary>Broken IR is refused with the rule that it breaks.</summary>
public class VerifierTests
{
    [Fact]
    public void SoundFunctionPasses() => Verifier.Check(Sample(_ => { }), VerifierStage.Final);

    [Fact]
    public void TypesAreChecked() => Refuses("Add", block =>
        block.Instructions.Insert(1, new Instruction(Opcode.Add, null, [Constant.I32(1), Constant.I64(1)], IrType.I32)));

    [Fact]
    public void UsesComeAfterDefinitions() => Refuses("isn't defined on every way", block => block.Instructions.Reverse());

    [Fact]
    public void ValuesAreDefined() => Refuses("nowhere defined", block => block.Instructions.RemoveAt(0));

    [Fact]
    public void EdgesHaveTheRightArguments() => Refuses("arguments for", block => block.Terminator!.Edges[0].Arguments.Clear());

    [Fact]
    public void EdgesHaveTheRightTypes() =>
        Refuses("for a parameter of", block => block.Terminator!.Edges[0].Arguments[0] = Constant.F32(1));

    [Fact]
    public void SelectorsFitTheEdges() => Refuses("selector", block => block.Terminator!.Selector = Constant.I32(1));

    [Fact]
    public void LocalsAreGoneAfterPromotion() => Refuses("LocalPtr", block =>
        block.Instructions.Add(new Instruction(Opcode.Local, null, [Constant.I32(4)], IrType.LocalPtr)));

    private static void Refuses(string sentence, Action<Block> breakIt)
    {
        Function function = Sample(breakIt);
        string message = Assert.Throws<InvalidOperationException>(() => Verifier.Check(function, VerifierStage.Final)).Message;
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.Contains("b0():", message, StringComparison.Ordinal);
    }

    private static Function Sample(Action<Block> change)
    {
        Function function = IrSamples.Function();
        var builder = new IrBuilder { Block = function.Entry };
        Value n = IrSamples.Parameter(builder, function, "n", MemoryType.I32);
        Value sum = builder.Emit(Opcode.Add, IrType.I32, n, Constant.I32(3));
        var after = new Block { Terminator = Terminator.Return(null) };
        after.Parameters.Add(new Value(IrType.I32));
        function.Blocks.Add(after);
        function.Entry.Terminator = Terminator.Branch(null, after, sum);
        change(function.Entry);
        return function;
    }
}
