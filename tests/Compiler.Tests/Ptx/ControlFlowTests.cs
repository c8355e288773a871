using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>Jumps, and what becomes of parameters of blocks.</summary>
public sealed class ControlFlowTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(6)]
    public void ALoopThatSwapsItsVariables(int count)
    {
        var kernel = new TestKernel();
        Block loop = kernel.NewBlock(IrType.I32, IrType.I32, IrType.I32, IrType.I32), body = kernel.NewBlock(), exit = kernel.NewBlock();
        Value[] p = [.. loop.Parameters];
        Value a = kernel.LoadX(MemoryType.I32, 0);
        Value b = kernel.LoadX(MemoryType.I32, 4);
        Value c = kernel.LoadX(MemoryType.I32, 8);
        Value n = kernel.LoadX(MemoryType.I32, 12);
        kernel.End(Terminator.Branch(null, loop, Constant.I32(0), a, b, c), loop);
        kernel.End(Terminator.If(null, kernel.Build.Compare(Condition.Lt, p[0], n), new Edge(body), new Edge(exit)), body);
        // a turn of three, whose moves are a circle
        kernel.End(Terminator.Branch(null, loop, kernel.Build.Emit(Opcode.Add, IrType.I32, p[0], Constant.I32(1)), p[2], p[3], p[1]), exit);
        for (int i = 0; i < 3; i++)
            kernel.StoreY(p[i + 1], MemoryType.I32, i * 4);
        int[] turned = Ints(kernel.Run(Bytes(10, 20, 30, count), 12));
        int[] expected = [10, 20, 30];
        for (int i = 0; i < count; i++)
            expected = [expected[1], expected[2], expected[0]];
        Assert.Equal(expected, turned);
    }

    [Fact]
    public void AParameterReadBehindItsLoopKeepsTheOldValue()
    {
        // b = a; a = a + 1 on the way round: both are alive behind the loop
        var kernel = new TestKernel();
        Block loop = kernel.NewBlock(IrType.I32, IrType.I32), exit = kernel.NewBlock();
        kernel.End(Terminator.Branch(null, loop, Constant.I32(0), Constant.I32(-1)), loop);
        Value a = loop.Parameters[0], b = loop.Parameters[1], next = kernel.Build.Emit(Opcode.Add, IrType.I32, a, Constant.I32(1));
        kernel.End(
            Terminator.If(
                null, kernel.Build.Compare(Condition.Lt, next, kernel.LoadX(MemoryType.I32, 0)), new Edge(loop, next, a), new Edge(exit)),
            exit);
        kernel.StoreY(a, MemoryType.I32, 0);
        kernel.StoreY(b, MemoryType.I32, 4);
        kernel.StoreY(next, MemoryType.I32, 8);
        Assert.Equal([6, 5, 7], Ints(kernel.Run(Bytes(7), 12)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void CriticalEdges(int flag)
    {
        // if (x == 3) r = 5 else r = x: the edge that skips carries a copy of its own
        var kernel = new TestKernel();
        Block other = kernel.NewBlock(), join = kernel.NewBlock(IrType.I32);
        Value x = kernel.LoadX(MemoryType.I32, 0);
        kernel.End(
            Terminator.If(null, kernel.Build.Compare(Condition.Eq, x, Constant.I32(3)), new Edge(join, Constant.I32(5)), new Edge(other)),
            other);
        kernel.StoreY(x, MemoryType.I32, 4);
        kernel.End(Terminator.Branch(null, join, x), join);
        kernel.StoreY(join.Parameters[0], MemoryType.I32, 0);
        kernel.StoreY(x, MemoryType.I32, 8);
        Assert.Equal(flag == 3 ? [5, 0, 3] : [4, 4, 4], Ints(kernel.Run(Bytes(flag), 12)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Switches(int cases)
    {
        foreach (int selected in Enumerable.Range(-1, cases + 3).Append(int.MaxValue).Append(int.MinValue))
        {
            var kernel = new TestKernel();
            Block join = kernel.NewBlock(IrType.I32);
            Value x = kernel.LoadX(MemoryType.I32, 0);
            Edge[] edges = new Edge[cases + 1];
            for (int i = 0; i <= cases; i++)
            {
                Block way = kernel.NewBlock();
                way.Terminator = Terminator.Branch(null, join, Constant.I32(100 + i));
                edges[i] = i == 1 ? new Edge(join, x) : new Edge(way);
            }
            kernel.End(new Terminator(null, x, edges), join);
            kernel.StoreY(join.Parameters[0], MemoryType.I32, 0);
            string text = kernel.Print();
            Assert.Equal(cases >= 4, text.Contains("brx.idx", StringComparison.Ordinal));
            int expected = selected == 1 ? 1 : selected >= 0 && selected < cases ? 100 + selected : 100 + cases;
            Assert.Equal([expected], Ints(kernel.Run(Bytes(selected), 4)));
        }
    }

    [Fact]
    public void NegatedConditionsCostNothing()
    {
        var kernel = new TestKernel();
        Block yes = kernel.NewBlock(), no = kernel.NewBlock();
        Value condition = kernel.Build.Compare(Condition.Lt, kernel.LoadX(MemoryType.F32, 0), Constant.F32(1));
        Value not = kernel.Build.Emit(Opcode.Not, IrType.Pred, condition);
        kernel.StoreY(kernel.Build.Select(not, Constant.I32(7), Constant.I32(8)), MemoryType.I32, 0);
        kernel.StoreY(kernel.Build.Emit(Opcode.ZeroExtend, IrType.I32, not), MemoryType.I32, 4);
        kernel.End(Terminator.If(null, not, new Edge(yes), new Edge(no)), yes);
        kernel.StoreY(Constant.I32(1), MemoryType.I32, 8);
        kernel.End(Terminator.Return(null), no);
        kernel.StoreY(Constant.I32(2), MemoryType.I32, 8);
        Assert.DoesNotContain("not.pred", kernel.Print(), StringComparison.Ordinal);
        Assert.Equal([7, 1, 1], Ints(kernel.Run(MemoryMarshal.AsBytes<float>([float.NaN]).ToArray(), 12)));
        Assert.Equal([8, 0, 2], Ints(kernel.Run(MemoryMarshal.AsBytes<float>([0.5f]).ToArray(), 12)));
    }

    [Fact]
    public void RandomGraphs()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            var graph = new RandomGraph(seed);
            int[] x = [.. graph.Inputs];
            Assert.Equal(graph.Expected(), Ints(graph.Kernel.Run(Bytes(x), graph.Outputs * 4)));
        }
    }

    private static byte[] Bytes(params ReadOnlySpan<int> values) => MemoryMarshal.AsBytes(values).ToArray();

    private static int[] Ints(byte[] bytes) => MemoryMarshal.Cast<byte, int>(bytes).ToArray();
}
