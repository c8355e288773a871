using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>Instructions that the C# gave as text.</summary>
public sealed class FormTests
{
    private static readonly PtxFormOperand First = new(0, -1, 1, false, false);
    private static readonly PtxFormOperand Result = new(-1, 0, 1, false, false);

    [Fact]
    public void ConstantsAreNumbersAndListsAreRegisters()
    {
        var kernel = new TestKernel();
        PtxForm form = TestKernel.Form("mov.b64 {result}, {x};", ("result", Result), ("x", new PtxFormOperand(0, -1, 2, true, false)));
        Value packed = kernel.Emit(form, [Constant.I32(5), kernel.LoadX(MemoryType.I32, 0)], IrType.I64)[0];
        PtxForm scalar = TestKernel.Form("add.s32 {result}, {x}, -3;", ("result", Result), ("x", First));
        Value sum = kernel.Emit(scalar, [Constant.I32(10)], IrType.I32)[0];
        kernel.StoreY(packed, MemoryType.I64, 0);
        kernel.StoreY(sum, MemoryType.I32, 8);
        string text = kernel.Print();
        Assert.Contains("add.s32 %r3, 10, -3;", text, StringComparison.Ordinal);
        Assert.Equal([5, 77, 7], Ints(kernel.Run(Bytes(77), 12)));
    }

    [Fact]
    public void ScopesAndLabelsStandOnLinesOfTheirOwn()
    {
        var kernel = new TestKernel();
        const string Text = """
            {{ .reg .pred p; setp.lt.s32 p, {x}, 0; @!p bra D{unique};
               neg.s32 {x}, {x};
            D{unique}: add.s32 {x}, {x}, 1; }}
            """;
        PtxForm form = TestKernel.Form(Text, ("x", new PtxFormOperand(0, 0, 1, false, false)));
        Value once = kernel.Emit(form, [kernel.LoadX(MemoryType.I32, 0)], IrType.I32)[0];
        Value twice = kernel.Emit(form, [kernel.LoadX(MemoryType.I32, 4)], IrType.I32)[0];
        kernel.StoreY(once, MemoryType.I32, 0);
        kernel.StoreY(twice, MemoryType.I32, 4);
        Assert.Contains("""
                {
                    .reg .pred p;
                    setp.lt.s32 p, %r1, 0;
                    @!p bra D0;
                    neg.s32 %r1, %r1;
                    D0: add.s32 %r1, %r1, 1;
                }
            """, kernel.Print(), StringComparison.Ordinal);
        Assert.Equal([5, 9], Ints(kernel.Run(Bytes(-4, 8), 8)));
    }

    [Fact]
    public void TextThatWritesEarlySpoilsNothingThatItReadsLater()
    {
        // result is written first, x is read after: in a loop the two would gladly share a register
        var kernel = new TestKernel();
        PtxForm form = TestKernel.Form("mov.b32 {result}, 1; add.s32 {result}, {result}, {x};", ("result", Result), ("x", First));
        Block loop = kernel.NewBlock(IrType.I32, IrType.I32), exit = kernel.NewBlock();
        kernel.End(Terminator.Branch(null, loop, Constant.I32(0), kernel.LoadX(MemoryType.I32, 0)), loop);
        Value next = kernel.Emit(form, [loop.Parameters[1]], IrType.I32)[0];
        Value i = kernel.Build.Emit(Opcode.Add, IrType.I32, loop.Parameters[0], Constant.I32(1));
        kernel.End(
            Terminator.If(null, kernel.Build.Compare(Condition.Lt, i, Constant.I32(6)), new Edge(loop, i, next), new Edge(exit)), exit);
        kernel.StoreY(next, MemoryType.I32, 0);
        Assert.Equal([106], Ints(kernel.Run(Bytes(100), 4)));
    }

    [Fact]
    public void WhatIsReadAndWrittenKeepsTheOldValueForOthers()
    {
        var kernel = new TestKernel();
        PtxForm form = TestKernel.Form("mad.lo.s32 {d}, {d}, {e}, {e};",
            ("d", new PtxFormOperand(0, 0, 1, false, false)), ("e", new PtxFormOperand(1, -1, 1, false, false)));
        Value x = kernel.LoadX(MemoryType.I32, 0);
        Value squared = kernel.Emit(form, [x, x], IrType.I32)[0], ofSeven = kernel.Emit(form, [Constant.I32(7), x], IrType.I32)[0];
        kernel.StoreY(x, MemoryType.I32, 0);
        kernel.StoreY(squared, MemoryType.I32, 4);
        kernel.StoreY(ofSeven, MemoryType.I32, 8);
        Assert.Equal([5, 30, 40], Ints(kernel.Run(Bytes(5), 12)));
    }

    [Fact]
    public void TwoRegistersForOneValueReadTwice()
    {
        var kernel = new TestKernel();
        PtxForm swapSum = TestKernel.Form("add.s32 {a}, {a}, 1; add.s32 {b}, {b}, {a};",
            ("a", new PtxFormOperand(0, 0, 1, false, false)), ("b", new PtxFormOperand(1, 1, 1, false, false)));
        Value x = kernel.LoadX(MemoryType.I32, 0);
        Value[] both = kernel.Emit(swapSum, [x, x], IrType.I32, IrType.I32);
        kernel.StoreY(both[0], MemoryType.I32, 0);
        kernel.StoreY(both[1], MemoryType.I32, 4);
        Assert.Equal([6, 11], Ints(kernel.Run(Bytes(5), 8)));
    }

    /// <summary>64 accumulators through a loop with four products in a row: no move in the loop, and none after the first fence.</summary>
    [Fact]
    public void AccumulatorsStayInTheirRegisters()
    {
        const int Count = 64;
        var kernel = new TestKernel(128);
        Block loop = kernel.NewBlock([IrType.I32, .. Enumerable.Repeat(IrType.F32, Count)]), exit = kernel.NewBlock();
        kernel.End(Terminator.Branch(null, loop, [Constant.I32(0), .. Enumerable.Repeat(Constant.F32(0), Count)]), loop);
        Value[] sums = [.. loop.Parameters.Skip(1)];
        Value i = kernel.Build.Emit(Opcode.Add, IrType.I32, loop.Parameters[0], Constant.I32(1));
        kernel.Emit(TestKernel.Form("wgmma.fence.sync.aligned;"), []);
        PtxForm product = TestKernel.Form("wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16 {d}, {a}, {b}, 1, 1, 1, 0, 0;",
            ("d", new PtxFormOperand(0, 0, Count, true, false)), ("a", new PtxFormOperand(Count, -1, 1, false, false)), (
                "b", new PtxFormOperand(Count + 1, -1, 1, false, false)));
        Value descriptor = kernel.Build.Emit(Opcode.SignExtend, IrType.I64, i);
        for (int k = 0; k < 4; k++)
            sums = kernel.Emit(product, [.. sums, descriptor, descriptor], [.. Enumerable.Repeat(IrType.F32, Count)]);
        Value[] others = kernel.Emit(
            product, [.. Enumerable.Repeat(Constant.F32(0), Count), descriptor, descriptor], [.. Enumerable.Repeat(IrType.F32, Count)]);
        kernel.Emit(TestKernel.Form("wgmma.commit_group.sync.aligned;"), []);
        kernel.End(
            Terminator.If(null, kernel.Build.Compare(Condition.Lt, i, Constant.I32(9)), new Edge(loop, [i, .. sums]), new Edge(exit)),
            exit);
        for (int k = 0; k < Count; k++)
            kernel.StoreY(kernel.Build.Emit(Opcode.Add, IrType.F32, sums[k], others[k]), MemoryType.F32, k * 4);
        string[] lines = kernel.Print().Split('\n');
        int start = Array.FindIndex(lines, l => l.StartsWith("$L", StringComparison.Ordinal));
        int end = Array.FindIndex(lines, l => l.Contains("bra", StringComparison.Ordinal));
        int fence = Array.FindIndex(lines, l => l.Contains("wgmma.fence", StringComparison.Ordinal));
        // those that begin anew in each round are set before the fence
        Assert.Equal(Count, lines[start..fence].Count(l => l.Contains("mov.", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines[fence..end], l => l.Contains("mov.", StringComparison.Ordinal));
        Assert.Equal(Count + 1, lines[..start].Count(l => l.Contains("mov.", StringComparison.Ordinal)));
    }

    private static byte[] Bytes(params ReadOnlySpan<int> values) => MemoryMarshal.AsBytes(values).ToArray();

    private static int[] Ints(byte[] bytes) => MemoryMarshal.Cast<byte, int>(bytes).ToArray();
}
