namespace CogVideoX.Benchmarks;

/// <summary>A loop of PTX whose speed the emulator is measured by.</summary>
/// <param name="Name">what it exercises</param> <param name="Threads">of its one CTA</param> <param name="Rounds">of the loop</param>
/// <param name="Times">that the body stands in the loop</param>
/// <param name="Body">
/// of the loop; %r1 is tid.x, %r8 the round, %rd3 and %rd4 this thread's words of x and y, %r9 its word of shared memory, %r10 and %r11
/// others'
/// </param>
internal sealed record EmulatorKernel(string Name, int Threads, int Rounds, int Times, string Body)
{
    public static IReadOnlyList<EmulatorKernel> All { get; } =
    [
        new("plain loop", 256, 40_000, 1, """
            ld.global.f32 %f2, [%rd3];
            fma.rn.f32 %f1, %f2, 0f3F000000, %f1;
            add.f32 %f3, %f1, %f2;
            max.f32 %f4, %f3, %f1;
            xor.b32 %r13, %r8, %r1;
            add.s32 %r14, %r13, 17;
            st.global.f32 [%rd4], %f4;
            """),
        new("shared and barriers", 256, 3000, 1, """
            st.shared.u32 [%r9], %r8;
            bar.sync 0;
            ld.shared.u32 %r13, [%r10];
            add.u32 %r15, %r15, %r13;
            bar.sync 0;
            """),
        new("transpose in shared", 256, 3000, 1, """
            st.shared.u32 [%r9], %r8;
            bar.sync 0;
            ld.shared.u32 %r13, [%r11];
            ld.shared.u32 %r14, [%r11+4];
            xor.b32 %r15, %r13, %r14;
            bar.sync 0;
            """),
        new("mma", 128, 1200, 2, """
            mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
                {%f10, %f11, %f12, %f13}, {%r20, %r21, %r22, %r23}, {%r24, %r25}, {%f10, %f11, %f12, %f13};
            mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
                {%f14, %f15, %f16, %f17}, {%r20, %r21, %r22, %r23}, {%r25, %r26}, {%f14, %f15, %f16, %f17};
            """),
        new("atomics", 256, 600, 2, """
            and.b32 %r13, %r1, 31;
            mul.wide.u32 %rd6, %r13, 4;
            add.s64 %rd6, %rd2, %rd6;
            red.global.add.u32 [%rd6+2048], 1;
            atom.shared.add.u32 %r14, [%r12], 1;
            """),
        new("local memory", 256, 3000, 2, """
            and.b32 %r13, %r8, 7;
            shl.b32 %r13, %r13, 2;
            cvt.u64.u32 %rd6, %r13;
            add.s64 %rd6, %rd5, %rd6;
            st.local.u32 [%rd6], %r8;
            ld.local.u32 %r14, [%rd5+12];
            """),
        new("redux", 256, 3000, 8, """
            redux.sync.add.u32 %r13, %r8, 0xffffffff;
            add.u32 %r15, %r15, %r13;
            """),
        new("shuffles", 256, 3000, 8, """
            shfl.sync.bfly.b32 %r13, %r8, 1, 31, 0xffffffff;
            add.u32 %r15, %r15, %r13;
            """),
        new("bar.sync", 256, 3000, 8, """
            bar.sync 0;
            """),
        new("st.shared, a row", 256, 3000, 8, """
            st.shared.u32 [%r9], %r8;
            """),
        new("ld.shared, a row", 256, 3000, 8, """
            ld.shared.u32 %r13, [%r9];
            """),
        new("ld.shared, reversed", 256, 3000, 8, """
            ld.shared.u32 %r13, [%r10];
            """),
        new("ld.shared, broadcast", 256, 3000, 8, """
            ld.shared.u32 %r13, [s+12];
            """),
        new("red.global", 256, 1000, 4, """
            red.global.add.u32 [%rd2+2048], 1;
            """),
        new("atom.shared", 256, 1000, 4, """
            atom.shared.add.u32 %r14, [%r12], 1;
            """),
        new("st.local", 256, 3000, 4, """
            st.local.u32 [%rd5], %r8;
            """),
        new("ld.local", 256, 3000, 4, """
            ld.local.u32 %r14, [%rd5+12];
            """),
        new("mma, nothing else", 128, 600, 8, """
            mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
                {%f10, %f11, %f12, %f13}, {%r20, %r21, %r22, %r23}, {%r24, %r25}, {%f10, %f11, %f12, %f13};
            """),
    ];

    /// <summary>The module: one kernel k(x, y).</summary>
    public string Ptx => $$"""
        .version 8.0
        .target sm_90
        .address_size 64
        .visible .entry k(.param .u64 x, .param .u64 y)
        {
        .reg .pred %p<4>; .reg .b32 %r<32>; .reg .b64 %rd<16>; .reg .f32 %f<32>;
        .shared .align 16 .b8 s[4096];
        .local .align 16 .b8 l[32];
        ld.param.u64 %rd1, [x];
        ld.param.u64 %rd2, [y];
        mov.u32 %r1, %tid.x;
        mul.wide.u32 %rd3, %r1, 4;
        add.s64 %rd4, %rd2, %rd3;
        add.s64 %rd3, %rd1, %rd3;
        mov.u64 %rd5, l;
        st.local.v4.u32 [l], {%r1, %r1, %r1, %r1};
        mov.u32 %r2, s;
        shl.b32 %r3, %r1, 2;
        add.u32 %r9, %r2, %r3;
        xor.b32 %r4, %r3, 1020;
        add.u32 %r10, %r2, %r4;
        and.b32 %r5, %r1, 15;
        shl.b32 %r5, %r5, 6;
        shr.u32 %r6, %r1, 4;
        shl.b32 %r6, %r6, 2;
        or.b32 %r5, %r5, %r6;
        min.u32 %r5, %r5, 1016;
        add.u32 %r11, %r2, %r5;
        and.b32 %r7, %r3, 60;
        add.u32 %r12, %r2, %r7;
        add.u32 %r12, %r12, 2048;
        st.shared.u32 [%r9], 0;
        st.shared.u32 [%r9+2048], 0;
        bar.sync 0;
        mov.u32 %r15, 0;
        mov.u32 %r20, 0x3f803f80; mov.u32 %r21, 0x3fc03f80; mov.u32 %r22, 0xbf803f81; mov.u32 %r23, 0x3e803f99;
        add.u32 %r24, %r1, 0x3f803f80; add.u32 %r25, %r1, 0x3f10bf80; add.u32 %r26, %r1, 0x3f703f83;
        mov.f32 %f1, 0f00000000;
        mov.f32 %f10, 0f00000000; mov.f32 %f11, 0f00000000; mov.f32 %f12, 0f00000000; mov.f32 %f13, 0f00000000;
        mov.f32 %f14, 0f00000000; mov.f32 %f15, 0f00000000; mov.f32 %f16, 0f00000000; mov.f32 %f17, 0f00000000;
        mov.u32 %r8, 0;
        LOOP:
        {{string.Concat(Enumerable.Repeat(Body + "\n", Times))}}
        add.s32 %r8, %r8, 1;
        setp.lt.u32 %p1, %r8, {{Rounds}};
        @%p1 bra LOOP;
        add.f32 %f10, %f10, %f14;
        st.global.f32 [%rd4], %f10;
        ret;
        }
        """;
}
