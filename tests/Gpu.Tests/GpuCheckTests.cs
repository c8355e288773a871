using CogVideoX.GpuCheck;
using CogVideoX.GpuCheck.Cases;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>eng/gpu-check: what a lease of a card tries must be all that there is.</summary>
public sealed class GpuCheckTests
{
    [Fact]
    public void EveryOperationHasACase()
    {
        var device = new LaunchList();
        using var ops = new Ops(device);
        foreach (OperationCase operation in AllCases.Of(CaseSizes.Tiny))
        {
            using CaseInputs inputs = CaseInputs.Planned(ops, operation);
            operation.Run(ops, inputs);
        }
        Assert.Equal(All().Select(type => type.ToString()).Order(), device.Operations.Select(type => type.ToString()).Order());
    }

    [Theory]
    [InlineData("full")]
    [InlineData("few")]
    [InlineData("tiny")]
    public void CasesFitTogetherAtEachSize(string name)
    {
        CaseSizes sizes = new[] { CaseSizes.Full, CaseSizes.Few, CaseSizes.Tiny }.Single(sizes => sizes.Name == name);
        IReadOnlyList<OperationCase> all = AllCases.Of(sizes);
        Assert.Equal(all.Count, all.Select(operation => operation.Name).Distinct().Count());
        Assert.All(all, operation => Assert.True(operation.Flops() >= 0, operation.Name));
        TestContext.Current.SendDiagnosticMessage($"{name}: {all.Sum(operation => operation.Flops()) / 1e9:F0} GFLOP");
    }

    [Theory]
    [InlineData("F32")]
    [InlineData("BF16")]
    [InlineData("F16")]
    public void NumbersAreHeldExactlyByTheirType(string name)
    {
        Assert.True(DType.TryParse(name, out DType type));
        using Ops ops = Ops.OnCpu(1);
        var operand = new Operand("x", [1000], Scale: 0.25f);
        float[] values = Numbers.Of(operand, 7, type);
        Assert.Equal(values, ops.FromHost(Numbers.Stored(values, type), operand.Shape, type).ToFloats());
        Assert.InRange(values.Max(), 0.24f, 0.25f);
        Assert.InRange(values.Min(), -0.25f, -0.24f);
    }

    [Fact]
    public void WhatIsWrongIsTold()
    {
        Assert.Equal(0, Comparison.Of([1, 2], [1, 2]).Relative);
        Assert.Equal(1, Comparison.Of([0, 0], [3, 4]).Relative);
        Assert.Equal(double.PositiveInfinity, Comparison.Of([1, float.NaN], [1, 2]).Relative);
        Assert.Equal(double.PositiveInfinity, Comparison.Of([1], [1, 2]).Relative);
    }

    private static IEnumerable<Type> All() => typeof(IOperation).Assembly.GetTypes()
        .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IOperation)))
        .SelectMany(type => type.IsGenericTypeDefinition ? Functions().Select(function => type.MakeGenericType(function)) : [type]);

    // Those that an operation has for itself alone are no operations.
    private static IEnumerable<Type> Functions() => typeof(IElementFunction).Assembly.GetTypes()
        .Where(type => type.IsValueType && type.IsAssignableTo(typeof(IElementFunction)) && !type.IsNested);
}
