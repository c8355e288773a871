using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class QkNormRopeTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void RotationAgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor x = TestNumbers.SwapMiddle(ops, goldens["rope_apply.x"]);
        Tensor y = ops.QkNormRope(x, default, default, 0, ops.Load(goldens, "rope_apply.cos"), ops.Load(goldens, "rope_apply.sin"));
        Agree.With(goldens["rope_apply.y"], TestNumbers.SwapMiddle(ops, y), "rope");
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void NormAgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        foreach ((string x, string y, float epsilon) in new[]
        {
            ("norm.x", "layernorm.eps1e-5", 1e-5f),
            ("norm.low_variance.x", "layernorm.low_variance.eps1e-5", 1e-5f),
            ("norm.low_variance.x", "layernorm.low_variance.eps1e-6", 1e-6f),
        })
        {
            Tensor normed = ops.QkNormRope(
                ops.Load(goldens, x).Reshape([3, 11, 1, 40]), ops.Load(goldens, "norm.w"), ops.Load(goldens, "norm.b"), epsilon);
            Agree.With(goldens[y], normed.Reshape([3, 11, 40]), y);
        }
    }

    [Theory]
    [MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]
    public void AgreesWithTheNaiveForm(string device)
    {
        using Ops naive = EachDevice.OpenNaive(), fast = EachDevice.Open(device);
        var sizes = from batch in Gen.Choose(1, 2)
                    from tokens in Gen.Choose(1, 60)
                    from text in Gen.Choose(0, tokens)
                    from heads in Gen.Choose(1, 5)
                    from pairs in Gen.Choose(1, 40)
                    from type in Gen.Elements(DType.F32, DType.BF16, DType.F16)
                    select (batch, tokens, text, heads, width: 2 * pairs, type);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(sizes.ToArbitrary(), size =>
        {
            Tensor Run(Ops ops)
            {
                var random = new TestNumbers(ops, size.tokens);
                Shape table = [size.tokens - size.text, size.width];
                return ops.QkNormRope(
                    random.Floats([size.batch, size.tokens, size.heads, size.width]), random.Of(size.type, [size.width]),
                    random.Of(size.type, [size.width]), 1e-6f, random.Floats(table), random.Floats(table), size.text);
            }
            using var naiveScope = naive.Scope();
            using var fastScope = fast.Scope();
            Agree.With(Run(naive), Run(fast), size.ToString());
        }));
    }

    [Fact]
    public void RefusesShapesThatDontFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 5, 3, 8]), width = ops.Empty([8]), table = ops.Empty([4, 8]);
        Refused("[2, 5, 24]", () => ops.QkNormRope(ops.Empty([2, 5, 24]), width, width, 1e-6f));
        Refused("[7]", () => ops.QkNormRope(x, ops.Empty([7]), width, 1e-6f));
        Refused("beside a weight", () => ops.QkNormRope(x, default, width, 1e-6f));
        Refused("[5, 8]", () => ops.QkNormRope(x, width, width, 1e-6f, table, table));
        Refused("6 text tokens", () => ops.QkNormRope(x, width, width, 1e-6f, table, table, 6));
        Refused("odd width", () => ops.QkNormRope(ops.Empty([1, 4, 1, 7]), default, default, 0, ops.Empty([4, 7]), ops.Empty([4, 7])));
    }

    private static void Refused(string message, Func<Tensor> call) =>
        Assert.Contains(message, Assert.Throws<TensorException>(() => { call(); }).Message);
}
