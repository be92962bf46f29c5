//! Every access to a piece of memory, as it happens: where, how wide, load or store.
//!
//! The memory is not accessible, so each instruction that accesses it faults. The handler notes the instruction and its registers, lets
//! it run alone (the trap flag), and locks the memory again. What it accessed is decoded afterwards, outside of the handler. The
//! memory must not be given to the system, which answers with an error where a program would fault.

use iced_x86::{Decoder, DecoderOptions, InstructionInfoFactory, OpAccess, Register};
use std::cell::UnsafeCell;
use std::sync::{Mutex, PoisonError};
use std::{io, mem, ptr};

/// What an instruction did with the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Load,
    Store,
    /// Both, as `xchg` does, or `add` with its destination in memory.
    Update,
}

/// An access to `len` bytes, `at` bytes from the beginning of the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) kind: Kind,
    pub(crate) at: usize,
    pub(crate) len: usize,
}

/// Whether accesses can be counted here: an emulator of programs, or valgrind, does not know the trap flag.
pub(crate) fn can_be_seen() -> bool {
    !test_support::emulator::is_emulated()
}

/// Calls `work` with the address of `memory.len()` bytes that begin at a page; answers its accesses to them, in order. Before it they
/// hold what `memory` does, and `memory` gets what they hold afterwards.
pub(crate) fn accesses(memory: &mut [u8], work: impl FnOnce(*mut u8)) -> Vec<Access> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _lock = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let len = memory.len().next_multiple_of(PAGE).max(PAGE);
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: a new mapping that ends with this function. The state is this thread's: it holds the lock, and the handler, which has it
    // too, runs only inside of `work` and on this thread, where it returns before anything else goes on.
    unsafe {
        let mapping = libc::mmap(ptr::null_mut(), len, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0);
        assert!(mapping != libc::MAP_FAILED, "no memory: {}", io::Error::last_os_error());
        ptr::copy_nonoverlapping(memory.as_ptr(), mapping.cast(), memory.len());
        let state = STATE.0.get();
        *state = State { mapping: mapping.cast(), len, steps: Vec::with_capacity(MOST_STEPS) };
        let before = [(libc::SIGSEGV, handle(libc::SIGSEGV)), (libc::SIGTRAP, handle(libc::SIGTRAP))];
        protect(mapping.cast(), len, libc::PROT_NONE);
        work(mapping.cast());
        protect(mapping.cast(), len, libc::PROT_READ);
        for (signal, action) in before {
            assert_eq!(libc::sigaction(signal, &raw const action, ptr::null_mut()), 0);
        }
        ptr::copy_nonoverlapping(mapping.cast(), memory.as_mut_ptr(), memory.len());
        libc::munmap(mapping, len);
        let steps = mem::take(&mut (*state).steps);
        assert!(steps.len() < MOST_STEPS, "too many accesses to count");
        let base = mapping.addr();
        steps.iter().flat_map(|step| step.accesses(base, memory.len())).collect()
    }
}

/// Of a page, on x86_64.
const PAGE: usize = 4096;

/// The handler may not allocate.
const MOST_STEPS: usize = 1 << 16;

/// An instruction that is about to access the memory.
struct Step {
    code: [u8; 15],
    registers: [libc::greg_t; 23],
}

struct State {
    mapping: *mut u8,
    len: usize,
    steps: Vec<Step>,
}

/// What the handler works on.
struct Shared(UnsafeCell<State>);

// SAFETY: whoever uses it holds the lock in `accesses`, or is the handler on the thread of one that does.
unsafe impl Sync for Shared {}

static STATE: Shared = Shared(UnsafeCell::new(State { mapping: ptr::null_mut(), len: 0, steps: Vec::new() }));

/// Has `on_signal` called for a signal; answers what was done before.
fn handle(signal: libc::c_int) -> libc::sigaction {
    let handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::ucontext_t) = on_signal;
    // SAFETY: all zeros are a valid sigaction; the handler does only what one may (see there).
    unsafe {
        let (mut action, mut before): (libc::sigaction, libc::sigaction) = mem::zeroed();
        action.sa_sigaction = handler as usize;
        action.sa_flags = libc::SA_SIGINFO;
        assert_eq!(libc::sigaction(signal, &raw const action, &raw mut before), 0);
        before
    }
}

/// # Safety
/// Pages of a mapping that nobody else refers to.
unsafe fn protect(mapping: *mut u8, len: usize, access: libc::c_int) {
    // SAFETY: the condition of this function.
    unsafe { libc::mprotect(mapping.cast(), len, access) };
}

/// Unlocks the memory for one instruction, and locks it behind that. It calls nothing but `mprotect`, and `signal` in case of a fault that
/// is none of ours; the list has room.
extern "C" fn on_signal(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::ucontext_t) {
    const TRAP_FLAG: libc::greg_t = 1 << 8;
    // SAFETY: the system's pointers, valid for this call; the state is this thread's, or the fault is none of ours.
    unsafe {
        let registers = &mut (*context).uc_mcontext.gregs;
        let state = STATE.0.get();
        let (mapping, len) = ((*state).mapping, (*state).len);
        if signal == libc::SIGTRAP {
            registers[libc::REG_EFL as usize] &= !TRAP_FLAG;
            return protect(mapping, len, libc::PROT_NONE);
        }
        if !(mapping.addr()..mapping.addr() + len).contains(&(*info).si_addr().addr()) {
            libc::signal(signal, libc::SIG_DFL);
            return;
        }
        let steps = &mut (*state).steps;
        if steps.len() < steps.capacity() {
            // The bytes behind an instruction may be on a page that is none; those of this program are followed by more of it.
            let code = ptr::with_exposed_provenance::<[u8; 15]>(registers[libc::REG_RIP as usize] as usize);
            steps.push(Step { code: code.read_unaligned(), registers: *registers });
        }
        registers[libc::REG_EFL as usize] |= TRAP_FLAG;
        protect(mapping, len, libc::PROT_READ | libc::PROT_WRITE);
    }
}

impl Step {
    /// What it accessed of `len` bytes at `base`.
    fn accesses(&self, base: usize, len: usize) -> Vec<Access> {
        let ip = self.register(Register::RIP).expect("it is one of those that are saved");
        let instruction = Decoder::with_ip(64, &self.code, ip, DecoderOptions::NONE).decode();
        let mut factory = InstructionInfoFactory::new();
        let used = factory.info(&instruction).used_memory().iter();
        let ours = used.filter_map(|memory| {
            let kind = match memory.access() {
                OpAccess::Read | OpAccess::CondRead => Kind::Load,
                OpAccess::Write | OpAccess::CondWrite => Kind::Store,
                OpAccess::ReadWrite | OpAccess::ReadCondWrite => Kind::Update,
                _ => return None,
            };
            let address = memory.virtual_address(0, |register, _, _| self.register(register))? as usize;
            let at = address.checked_sub(base).filter(|at| *at < len)?;
            // One that repeats itself has a trap behind each element, and no size of its own.
            let size = memory.memory_size().size();
            let size = if size == 0 { instruction.memory_size().size() } else { size };
            assert_ne!(size, 0, "an instruction of an unknown size: {:x?}", self.code);
            Some(Access { kind, at, len: size })
        });
        let ours: Vec<Access> = ours.collect();
        assert!(!ours.is_empty(), "no access is known of an instruction that made one: {:x?}", self.code);
        ours
    }

    fn register(&self, register: Register) -> Option<u64> {
        let saved = match register {
            Register::RAX => libc::REG_RAX,
            Register::RBX => libc::REG_RBX,
            Register::RCX => libc::REG_RCX,
            Register::RDX => libc::REG_RDX,
            Register::RSI => libc::REG_RSI,
            Register::RDI => libc::REG_RDI,
            Register::RBP => libc::REG_RBP,
            Register::RSP => libc::REG_RSP,
            Register::R8 => libc::REG_R8,
            Register::R9 => libc::REG_R9,
            Register::R10 => libc::REG_R10,
            Register::R11 => libc::REG_R11,
            Register::R12 => libc::REG_R12,
            Register::R13 => libc::REG_R13,
            Register::R14 => libc::REG_R14,
            Register::R15 => libc::REG_R15,
            Register::RIP => libc::REG_RIP,
            // Flat segments.
            Register::CS | Register::DS | Register::ES | Register::SS => return Some(0),
            _ => return None,
        };
        Some(self.registers[saved as usize] as u64)
    }
}
