using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Tests.Ptx;

/// <summary>Loads, stores, variables and parameters.</summary>
public sealed class MemoryTests
{
    [Fact]
    public void SmallTypesAreWidenedAndCut()
    {
        var kernel = new TestKernel();
        kernel.StoreY(kernel.LoadX(MemoryType.U8, 0), MemoryType.I32, 0);
        kernel.StoreY(kernel.LoadX(MemoryType.S8, 0), MemoryType.I32, 4);
        kernel.StoreY(kernel.LoadX(MemoryType.U16, 2), MemoryType.I32, 8);
        kernel.StoreY(kernel.LoadX(MemoryType.S16, 2), MemoryType.I32, 12);
        Value half = kernel.LoadX(MemoryType.B16, 2);
        kernel.StoreY(kernel.Build.Emit(Opcode.ZeroExtend, IrType.I32, half), MemoryType.I32, 16);
        kernel.StoreY(half, MemoryType.B16, 20);
        kernel.StoreY(kernel.LoadX(MemoryType.I32, 0), MemoryType.U8, 22);
        kernel.StoreY(kernel.Build.Emit(Opcode.Truncate, IrType.B16, kernel.LoadX(MemoryType.I32, 4)), MemoryType.B16, 24);
        kernel.StoreY(Constant.I32(-2), MemoryType.S16, 26);
        byte[] y = kernel.Run([0xF0, 0, 0x01, 0x80, 0xCD, 0xAB, 0x34, 0x12], 28);
        Assert.Equal([0xF0, -16, 0x8001, -32767, 0x8001], MemoryMarshal.Cast<byte, int>(y.AsSpan(0, 20)).ToArray());
        Assert.Equal([0x01, 0x80, 0xF0, 0, 0xCD, 0xAB, 0xFE, 0xFF], y[20..]);
    }

    [Fact]
    public void VectorsAndVolatile()
    {
        var kernel = new TestKernel();
        var load = new Instruction(Opcode.Load, null, [kernel.X], IrType.F32, IrType.F32, IrType.F32, IrType.F32)
        { MemoryType = MemoryType.F32, ByteOffset = 16, Alignment = 16 };
        kernel.Build.Block.Instructions.Add(load);
        Value[] stored = [kernel.Y, load.Results[3], load.Results[2], Constant.F32(2), load.Results[0]];
        kernel.Build.Block.Instructions.Add(
            new Instruction(Opcode.Store, null, stored) { MemoryType = MemoryType.F32, Alignment = 16 });
        var pair = new Instruction(Opcode.Load, null, [kernel.X], IrType.I64, IrType.I64) { MemoryType = MemoryType.I64, Alignment = 16 };
        kernel.Build.Block.Instructions.Add(pair);
        kernel.Build.Block.Instructions.Add(new Instruction(Opcode.Store, null, [kernel.Y, pair.Results[1], pair.Results[0]])
        { MemoryType = MemoryType.I64, ByteOffset = 16, Alignment = 16, IsVolatile = true });
        string text = kernel.Print();
        Assert.Contains("ld.global.v4.f32 {%f1, %f2, %f3, %f4}, [%rd2+16];", text, StringComparison.Ordinal);
        Assert.Contains("st.volatile.global.v2.u64 [%rd4+16], {%rd6, %rd5};", text, StringComparison.Ordinal);
        float[] x = [1, 2, 3, 4, 5, 6, 7, 8];
        Assert.Equal(
            [8, 7, 2, 5, 3, 4, 1, 2], MemoryMarshal.Cast<byte, float>(kernel.Run(MemoryMarshal.AsBytes<float>(x).ToArray(), 32)).ToArray());
    }

    [Fact]
    public void VariablesOfEverySpace()
    {
        var kernel = new TestKernel();
        // names that are PTX's own words, or no words at all, are allowed in C#
        var weights = new Variable("max", VariableSpace.Const, 40, 4, MemoryMarshal.AsBytes<int>([11, 22, 33]).ToArray());
        var counter = new Variable("zähler", VariableSpace.Global, 8, 8, [5]);
        var tile = new Variable("tile", VariableSpace.Shared, 64, 16);
        var dynamic = new Variable("dynamic", VariableSpace.Shared, 0, 128);
        kernel.Function.Variables.AddRange([weights, counter, tile, dynamic]);
        Value constant = Address(kernel, weights);
        Value global = Address(kernel, counter);
        Value shared = Address(kernel, tile);
        Value extra = Address(kernel, dynamic);
        Value second = kernel.Build.Load(constant, MemoryType.I32, 4, 4);
        kernel.Build.Store(shared, second, MemoryType.I32, 8, 4);
        Value further = kernel.Build.Offset(shared, kernel.LoadX(MemoryType.I32, 0));
        kernel.StoreY(kernel.Build.Load(further, MemoryType.I32, 0, 4), MemoryType.I32, 0);
        kernel.StoreY(kernel.Build.Load(global, MemoryType.I32, 0, 4), MemoryType.I32, 4);
        kernel.Build.Store(extra, Constant.I32(9), MemoryType.I32, 4, 4);
        kernel.StoreY(kernel.Build.Load(extra, MemoryType.I32, 4, 4), MemoryType.I32, 8);
        kernel.StoreY(
            kernel.Build.Load(kernel.Build.Offset(Address(kernel, weights), kernel.LoadX(MemoryType.I32, 0)), MemoryType.I32, 0, 4),
            MemoryType.I32, 12);
        byte[] y = kernel.Run(MemoryMarshal.AsBytes<int>([8]).ToArray(), 16, dynamicBytes: 32);
        Assert.Equal([22, 5, 9, 33], MemoryMarshal.Cast<byte, int>(y).ToArray());
        Assert.Contains(", [const_max+4];", kernel.Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void PointerArithmetic()
    {
        var kernel = new TestKernel();
        Value index = kernel.LoadX(MemoryType.I32, 0);
        Value wide = kernel.Build.Emit(Opcode.MadWide, IrType.GlobalPtr, index, Constant.I32(4), kernel.X);
        Value unsigned = kernel.Build.Emit(Opcode.MadWideU, IrType.GlobalPtr, index, Constant.I32(4), kernel.X);
        Value mad = kernel.Build.Emit(Opcode.Mad, IrType.I32, index, Constant.I32(10), Constant.I32(-1));
        kernel.StoreY(kernel.Build.Load(wide, MemoryType.I32, 4, 4), MemoryType.I32, 0);
        kernel.StoreY(kernel.Build.Load(unsigned, MemoryType.I32, -4, 4), MemoryType.I32, 4);
        kernel.StoreY(mad, MemoryType.I32, 8);
        Value bits = kernel.Build.Emit(Opcode.Bitcast, IrType.I64, wide);
        kernel.StoreY(
            kernel.Build.Emit(Opcode.Sub, IrType.I64, bits, kernel.Build.Emit(Opcode.Bitcast, IrType.I64, kernel.X)), MemoryType.I64, 16);
        Assert.DoesNotContain("mov.b64", kernel.Print(), StringComparison.Ordinal);
        Assert.Equal(
            [40, 20, 19, 0, 8, 0], MemoryMarshal.Cast<byte,
            int>(kernel.Run(MemoryMarshal.AsBytes<int>([2, 20, 30, 40]).ToArray(), 24)).ToArray());
    }

    private static Value Address(TestKernel kernel, Variable variable) =>
        kernel.Build.Append(new Instruction(Opcode.VariableAddress, null, [], variable.PointerType) { Variable = variable });
}
