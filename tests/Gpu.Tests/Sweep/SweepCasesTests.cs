using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>No operation is left out of the sweep: they are found by reflection.</summary>
public sealed class SweepCasesTests
{
    [Fact]
    public void EveryOperationHasCases()
    {
        Type[] types = typeof(IOperation).Assembly.GetTypes();
        Type[] functions = [.. types.Where(type => type.IsValueType && !type.IsNested && type.IsAssignableTo(typeof(IElementFunction)))];
        Type[] operations =
        [
            .. types.Where(type => type.IsValueType && type.IsAssignableTo(typeof(IOperation))).SelectMany(type =>
                type.IsGenericTypeDefinition ? functions.Select(function => type.MakeGenericType(function)) : [type]),
        ];
        Assert.InRange(operations.Length, 20, 200);
        Assert.All(operations, operation => Assert.True(SweepCases.All.Contains(operation), $"There is no case of {operation}."));
    }

    [Fact]
    public void EveryCaseHasItsOwnName()
    {
        string[] names = [.. SweepCases.All.SelectMany(cases => cases).Select(one => one.ToString())];
        Assert.Equal(names, names.Distinct());
    }
}
